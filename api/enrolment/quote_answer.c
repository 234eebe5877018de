/* How a quote is answered. */
#include "api/enrolment/quote.h"

#include "middleware/render.h"

const char *quote_basis(struct request *req, const struct rate_row *rule)
{
    return rule->title ? arena_printf(req->arena, "%s (%s)", rule->decision, rule->title)
                       : rule->decision;
}

static void number_member(struct render *out, const char *name, int64_t value)
{
    render_text(out, name);
    render_int(out, value);
}

/* 0 is none. */
static void number_or_null(struct render *out, const char *name, int64_t value)
{
    render_text(out, name);
    if (value) {
        render_int(out, value);
    } else {
        render_text(out, "null");
    }
}

static void text_or_null(struct render *out, const char *name, const char *value)
{
    render_text(out, name);
    if (value && *value) {
        render_string(out, value);
    } else {
        render_text(out, "null");
    }
}

static void truth(struct render *out, const char *name, bool value)
{
    render_text(out, name);
    render_text(out, value ? "true" : "false");
}

static void render_line(struct render *out, struct request *req, const struct quote_line *line)
{
    const struct rate_row *rule = line->rule;
    text_or_null(out, "{\"funder\":", funder_names[line->funder]);
    number_member(out, ",\"base\":", line->base);
    render_text(out, ",\"percent\":");
    render_hundredths(out, line->percent_hundredths);
    number_member(out, ",\"months\":", line->months);
    number_member(out, ",\"amount\":", line->amount);
    text_or_null(
        out, ",\"rule\":", rule ? arena_printf(req->arena, "%s.%s", rule->kind, rule->key) : NULL);
    text_or_null(out, ",\"legal_basis\":", rule ? quote_basis(req, rule) : NULL);
    truth(out, ",\"verified\":", line->verified);
    render_text(out, "}");
}

static void render_lines(struct render *out, struct request *req, const struct quote *quote)
{
    render_text(out, "[");
    for (int i = 0; i < quote->line_count; i++) {
        render_text(out, i ? "," : "");
        render_line(out, req, &quote->lines[i]);
    }
    render_text(out, "]");
}

const char *quote_lines(struct request *req, const struct quote *quote)
{
    struct render out;
    render_init(&out, req->arena);
    render_lines(&out, req, quote);
    return out.data;
}

static void render_name(struct render *out, const json_t *said)
{
    text_or_null(out, "{\"label\":", json_string_value(json_object_get(said, "label")));
    text_or_null(out, ",\"person_id\":", json_string_value(json_object_get(said, "person_id")));
}

static void render_member(struct render *out, struct request *req, const struct quoted *member)
{
    const struct quote *quote = &member->quote;
    render_name(out, member->said);
    text_or_null(out, ",\"group\":", quote->group);
    number_or_null(out, ",\"position\":", quote->position);
    number_or_null(out, ",\"income\":", quote->income);
    number_member(out, ",\"monthly\":", quote->monthly);
    number_member(out, ",\"contribution\":", quote->contribution);
    number_member(out, ",\"participant\":", quote_amount(quote, PARTICIPANT));
    number_member(out, ",\"support_months\":", quote->support_months);
    render_text(out, ",\"lines\":");
    render_lines(out, req, quote);
    text_or_null(out, ",\"starts_on\":", quote->starts_on);
    text_or_null(out, ",\"ends_on\":", quote->ends_on);
    truth(out, ",\"waits\":", quote->waits);
    text_or_null(out, ",\"due_on\":", quote->due_on);
    text_or_null(out, ",\"continues_until\":", quote->continues_until);
    render_text(out, "}");
}

static void render_totals(struct render *out, const struct quoted *members, int count)
{
    int64_t contribution = 0;
    int64_t totals[FUNDERS] = {0};
    for (int i = 0; i < count; i++) {
        contribution += members[i].quote.contribution;
        for (int funder = 0; funder < FUNDERS; funder++) {
            totals[funder] += quote_amount(&members[i].quote, (enum funder)funder);
        }
    }
    number_member(out, ",\"total\":{\"contribution\":", contribution);
    for (int funder = 0; funder < FUNDERS; funder++) {
        render_text(out, ",");
        render_string(out, funder_names[funder]);
        number_member(out, ":", totals[funder]);
    }
    render_text(out, "}");
}

static bool used_before(const struct quoted *members, int member, int n)
{
    const struct rate_row *row = members[member].quote.used[n];
    for (int i = 0; i < member; i++) {
        for (int k = 0; k < members[i].quote.used_count; k++) {
            if (members[i].quote.used[k] == row) {
                return true;
            }
        }
    }
    return false;
}

/* The rules that were used although nobody has compared them with their decision. */
static void render_unverified(struct render *out, struct request *req, const struct quoted *members,
                              int count)
{
    bool verified = true;
    render_text(out, ",\"unverified\":[");
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < members[i].quote.used_count; k++) {
            const struct rate_row *row = members[i].quote.used[k];
            if (!row->verified && !used_before(members, i, k)) {
                render_text(out, verified ? "" : ",");
                render_string(out, arena_printf(req->arena, "%s.%s", row->kind, row->key));
                verified = false;
            }
        }
    }
    truth(out, "],\"verified\":", verified);
}

/* Who is priced, or who is left out and why. */
static void render_people(struct render *out, struct request *req, const struct quoted *members,
                          int count, bool left_out)
{
    bool first = true;
    for (int i = 0; i < count; i++) {
        if ((members[i].left_out != NULL) != left_out) {
            continue;
        }
        render_text(out, first ? "" : ",");
        first = false;
        if (!left_out) {
            render_member(out, req, &members[i]);
            continue;
        }
        render_name(out, members[i].said);
        text_or_null(out, ",\"reason\":", members[i].left_out);
        text_or_null(out, ",\"group\":", members[i].payer);
        render_text(out, "}");
    }
}

bool quote_reply(struct request *req, const PGresult *place, int first,
                 const struct quoted *members, int count)
{
    struct render out;
    const char *method = request_text(req, "method");
    render_init(&out, req->arena);
    text_or_null(&out, "{\"scheme\":", request_text(req, "scheme"));
    text_or_null(&out, ",\"method\":", method ? method : "period");
    number_member(&out, ",\"months\":", json_integer_value(json_object_get(req->json, "months")));
    text_or_null(&out, ",\"paid_on\":", request_text(req, "paid_on"));
    render_text(&out, ",");
    render_members(&out, layout_of(req->arena, place, first, first + 3), place, 0);
    render_totals(&out, members, count);
    render_unverified(&out, req, members, count);
    render_text(&out, ",\"members\":[");
    render_people(&out, req, members, count, false);
    render_text(&out, "],\"left_out\":[");
    render_people(&out, req, members, count, true);
    render_text(&out, "]}");
    return reply_json(req, 200, out.data, out.size);
}
