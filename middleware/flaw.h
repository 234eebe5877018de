/* What may be wrong with one field, parameter or header; the texts are in problem.c. */
#ifndef ANSINH_FLAW_H
#define ANSINH_FLAW_H

/* Why one field, parameter or header is refused. */
enum flaw_kind {
    FLAW_REQUIRED,
    FLAW_UNKNOWN,
    FLAW_REPEATED,
    FLAW_TYPE,
    FLAW_TOO_SHORT,
    FLAW_TOO_LONG,
    FLAW_TOO_SMALL,
    FLAW_TOO_LARGE,
    FLAW_TOO_FEW,
    FLAW_TOO_MANY,
    FLAW_NOT_UNIQUE,
    FLAW_PATTERN,
    FLAW_FORMAT,
    FLAW_ENUM,
    FLAW_NOT_TEXT,
    FLAW_TOO_DEEP,
    FLAW_NOT_FOUND,
    FLAW_CURSOR,
    FLAW_ORDER,
    FLAW_NOT_CHILD,
    FLAW_IN_FUTURE,
    FLAW_NUMBER,
    FLAW_EITHER,
    FLAW_RATIO,
    FLAW_SUM,
    FLAW_QUOTE,
    FLAW_OUTSIDE_SLICE,
    FLAW_SAME_AS_LINE,
    FLAW_NO_POPULATION,
    FLAW_NO_REPORT,
    FLAW_BEFORE_BIRTH,
    FLAW_IN_HOUSEHOLD,
    FLAW_TWO_NUMBERS,
    FLAW_COVERED,
    FLAW_NAMESAKE,
    FLAW_OTHER_PERSON,
    FLAW_NO_RULE,
    FLAW_STEP,
    FLAW_TOO_YOUNG,
    FLAW_NO_RATE,
    FLAW_NO_UNUSED,
    FLAW_COUNT
};

#endif
