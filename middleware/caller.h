/* Who calls: the kind of slice, and what may be done in it. */
#ifndef ANSINH_CALLER_H
#define ANSINH_CALLER_H

/* The kind of slice a caller sees, in the order of slice_names; one database role each. */
enum slice {
    SLICE_NONE,
    SLICE_NATION,
    SLICE_PROVINCE,
    SLICE_DISTRICT,
    SLICE_COMMUNE,
    SLICE_AGENCY,
    SLICE_COLLECTOR,
    SLICE_COUNT
};
extern const char *const slice_names[SLICE_COUNT];

/* What a caller may do inside the slice. */
enum duty { DUTY_NONE, DUTY_MANAGER, DUTY_OFFICER, DUTY_VIEWER, DUTY_COUNT };
extern const char *const duty_names[DUTY_COUNT];

/* By name; SLICE_NONE and DUTY_NONE for any other, NULL included. */
enum slice slice_named(const char *name);
enum duty duty_named(const char *name);

/* Who calls, as the verified token says; the database confirms it when the transaction opens. */
struct caller {
    const char *user_id;
    const char *session_id;
    const char *generation; /* of the session: whatever changes the user's rights raises it */
    enum slice slice;
    enum duty duty;
};

#endif
