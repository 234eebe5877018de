/* What can go wrong: the tables, and the one writer of application/problem+json. */
#include "middleware/problem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "middleware/metrics.h"
#include "middleware/render.h"

// clang-format off
const struct problem_row problem_rows[PROBLEM_COUNT] = {
    [NO_PROBLEM]              = {"none", 200, {"", ""}},
    [MALFORMED_REQUEST]       = {"malformed_request", 400, {"Yêu cầu HTTP không hợp lệ", "The HTTP request is malformed"}},
    [MALFORMED_JSON]          = {"malformed_json", 400, {"Nội dung không phải JSON hợp lệ", "The body is not valid JSON"}},
    [MALFORMED_CSV]           = {"malformed_csv", 400, {"Nội dung không phải CSV hợp lệ", "The body is not valid CSV"}},
    [INVALID_REQUEST]         = {"invalid_request", 400, {"Dữ liệu gửi lên không đúng quy cách", "The request does not match the contract"}},
    [INVALID_CURSOR]          = {"invalid_cursor", 400, {"Con trỏ không thuộc danh sách này", "The cursor does not belong to this list"}},
    [IDEMPOTENCY_KEY_MISSING] = {"idempotency_key_missing", 400, {"Thiếu tiêu đề Idempotency-Key", "The Idempotency-Key header is missing"}},
    [TOKEN_MISSING]           = {"token_missing", 401, {"Cần đăng nhập", "Sign-in is required"}},
    [TOKEN_INVALID]           = {"token_invalid", 401, {"Mã truy cập không hợp lệ", "The access token is invalid"}},
    [TOKEN_EXPIRED]           = {"token_expired", 401, {"Mã truy cập đã hết hạn", "The access token has expired"}},
    [TOKEN_STALE]             = {"token_stale", 401, {"Phiên làm việc không còn hiệu lực, hãy đăng nhập lại", "The session is no longer valid, sign in again"}},
    [REFRESH_INVALID]         = {"refresh_invalid", 401, {"Mã gia hạn không còn hiệu lực, hãy đăng nhập lại", "The refresh token is no longer valid, sign in again"}},
    [PASSWORD_CHANGE_REQUIRED] = {"password_change_required", 403, {"Mật khẩu dùng một lần: hãy gửi kèm mật khẩu mới", "The password is for one use: send a new one along"}},
    [WRONG_CREDENTIALS]       = {"wrong_credentials", 401, {"Sai tên đăng nhập hoặc mật khẩu", "Wrong user name or password"}},
    [FORBIDDEN]               = {"forbidden", 403, {"Tài khoản không có quyền làm việc này", "The account may not do this"}},
    [OUTSIDE_SLICE]           = {"outside_slice", 403, {"Nơi này không thuộc phạm vi của tài khoản", "The place is outside the account's slice"}},
    [NOT_FOUND]               = {"not_found", 404, {"Không tìm thấy", "Not found"}},
    [METHOD_NOT_ALLOWED]      = {"method_not_allowed", 405, {"Phương thức không được hỗ trợ ở địa chỉ này", "The method is not supported here"}},
    [REQUEST_TIMEOUT]         = {"request_timeout", 408, {"Yêu cầu gửi lên quá chậm", "The request came too slowly"}},
    [CONFLICT]                = {"conflict", 409, {"Xung đột với dữ liệu hiện có", "Conflict with existing data"}},
    [POSSIBLE_DUPLICATE]      = {"possible_duplicate", 409, {"Có thể người này đã có trong sổ", "The person may be in the register already"}},
    [DUPLICATE]               = {"duplicate", 409, {"Dữ liệu này đã có", "This already exists"}},
    [ALREADY_COVERED]         = {"already_covered", 409, {"Người này đã được bảo hiểm trong thời gian này", "The person is covered in this time already"}},
    [NO_RECEIPT_NUMBER]       = {"no_receipt_number", 409, {"Không còn số biên lai, hãy xin cấp quyển mới", "No receipt number is left, ask for another book"}},
    [CASH_LIMIT]              = {"cash_limit", 409, {"Tiền mặt đang giữ vượt mức của hợp đồng, hãy nộp trước", "More cash in hand than the contract permits, remit first"}},
    [REMITTED]                = {"remitted", 409, {"Tiền đã nộp, chỉ cơ quan BHXH được hủy", "The money was remitted, only the office can take it back"}},
    [WRONG_STATUS]            = {"wrong_status", 409, {"Trạng thái hiện tại không cho phép", "The present status does not permit this"}},
    [STILL_OPEN]              = {"still_open", 409, {"Còn việc chưa bàn giao xong", "Something is still open, hand it over first"}},
    [ENDED]                   = {"ended", 409, {"Tổ chức hoặc nhân viên thu này đã thôi làm", "The organisation or the collector has ended"}},
    [OVER_ALLOCATED]          = {"over_allocated", 409, {"Tổng giao vượt quá chỉ tiêu được giao", "The parts exceed the assigned target"}},
    [DIVIDED]                 = {"divided", 409, {"Chỉ tiêu đã được giao tiếp, hãy thu hồi các phần trước", "The target is divided further, withdraw its parts first"}},
    [WITHDRAWN]               = {"withdrawn", 409, {"Chỉ tiêu này đã được thu hồi", "The target was withdrawn"}},
    [IDEMPOTENCY_IN_FLIGHT]   = {"idempotency_in_flight", 409, {"Yêu cầu cùng khóa đang được xử lý", "A request with this key is still being processed"}},
    [PRECONDITION_FAILED]     = {"precondition_failed", 412, {"Dữ liệu đã thay đổi từ lần đọc trước, hãy đọc lại", "It has changed since it was read, read it again"}},
    [BODY_TOO_LARGE]          = {"body_too_large", 413, {"Nội dung gửi lên quá lớn", "The body is too large"}},
    [UNSUPPORTED_MEDIA_TYPE]  = {"unsupported_media_type", 415, {"Không nhận nội dung kiểu này", "The body has a media type that is not accepted"}},
    [TARGET_TOO_LONG]         = {"target_too_long", 414, {"Địa chỉ yêu cầu quá dài", "The request target is too long"}},
    [IDEMPOTENCY_KEY_REUSED]  = {"idempotency_key_reused", 422, {"Khóa này đã dùng cho một nội dung khác", "The key was used for another request"}},
    [RULE_BROKEN]             = {"rule_broken", 422, {"Không đúng quy định", "A rule does not permit this"}},
    [TOO_BROAD]               = {"too_broad", 422, {"Quá nhiều người phù hợp, hãy tìm cụ thể hơn", "Too many people fit, search for something narrower"}},
    [RULE_MISSING]            = {"rule_missing", 422, {"Chưa có quy định cho thời điểm này", "There is no rule for this date"}},
    [RATE_MISSING]            = {"rate_missing", 422, {"Chưa biết mức quy định cho ngày này", "A rate for this date is not known"}},
    [PRECONDITION_REQUIRED]   = {"precondition_required", 428, {"Thiếu tiêu đề If-Match với ETag đã đọc", "The If-Match header with the ETag that was read is missing"}},
    [TOO_MANY_REQUESTS]       = {"too_many_requests", 429, {"Quá nhiều yêu cầu, hãy thử lại sau", "Too many requests, try again later"}},
    [HEAD_TOO_LARGE]          = {"head_too_large", 431, {"Phần đầu yêu cầu quá lớn", "The head of the request is too large"}},
    [INTERNAL]                = {"internal", 500, {"Lỗi hệ thống", "Internal error"}},
    [BUSY]                    = {"busy", 503, {"Hệ thống đang bận, hãy thử lại sau", "The service is busy, try again later"}},
    [STOPPING]                = {"stopping", 503, {"Máy chủ đang dừng, hãy thử lại", "The server is stopping, try again"}},
    [DATABASE_UNAVAILABLE]    = {"database_unavailable", 503, {"Cơ sở dữ liệu tạm thời không phục vụ", "The database is temporarily unavailable"}},
    [TIMEOUT]                 = {"timeout", 504, {"Xử lý quá thời gian cho phép", "The request took too long"}},
};

const struct problem_row flaw_rows[FLAW_COUNT] = {
    [FLAW_REQUIRED]   = {"required", 0, {"bắt buộc phải có", "is required"}},
    [FLAW_UNKNOWN]    = {"unknown", 0, {"không có trong quy cách", "is not part of the contract"}},
    [FLAW_REPEATED]   = {"repeated", 0, {"chỉ được gửi một lần", "may be given only once"}},
    [FLAW_TYPE]       = {"type", 0, {"phải có kiểu %s", "must be of type %s"}},
    [FLAW_TOO_SHORT]  = {"too_short", 0, {"phải có ít nhất %s ký tự", "must have at least %s characters"}},
    [FLAW_TOO_LONG]   = {"too_long", 0, {"chỉ được có tối đa %s ký tự", "must have at most %s characters"}},
    [FLAW_TOO_SMALL]  = {"too_small", 0, {"không được nhỏ hơn %s", "must not be less than %s"}},
    [FLAW_TOO_LARGE]  = {"too_large", 0, {"không được lớn hơn %s", "must not be greater than %s"}},
    [FLAW_TOO_FEW]    = {"too_few", 0, {"phải có ít nhất %s phần tử", "must have at least %s items"}},
    [FLAW_TOO_MANY]   = {"too_many", 0, {"chỉ được có tối đa %s phần tử", "must have at most %s items"}},
    [FLAW_NOT_UNIQUE] = {"not_unique", 0, {"các phần tử không được trùng nhau", "items must be different"}},
    [FLAW_PATTERN]    = {"pattern", 0, {"không đúng mẫu %s", "does not match %s"}},
    [FLAW_FORMAT]     = {"format", 0, {"không đúng định dạng %s", "is not a valid %s"}},
    [FLAW_ENUM]       = {"enum", 0, {"phải là một trong: %s", "must be one of: %s"}},
    [FLAW_NOT_TEXT]   = {"not_text", 0, {"có ký tự không được phép", "contains characters that are not allowed"}},
    [FLAW_TOO_DEEP]   = {"too_deep", 0, {"lồng nhau quá sâu", "is nested too deeply"}},
    [FLAW_NOT_FOUND]  = {"not_found", 0, {"không tìm thấy", "was not found"}},
    [FLAW_CURSOR]     = {"cursor", 0, {"không phải con trỏ của danh sách này", "is not a cursor of this list"}},
    [FLAW_ORDER]      = {"order", 0, {"không được trước %s", "must not be before %s"}},
    [FLAW_NOT_CHILD]  = {"not_child", 0, {"không thuộc cấp dưới trực tiếp", "is not directly below"}},
    [FLAW_NUMBER]     = {"number", 0, {"không khớp với năm sinh hoặc giới tính", "does not fit year of birth or sex"}},
    [FLAW_QUOTE]      = {"quote", 0, {"có dấu ngoặc kép không đóng hoặc đặt sai chỗ", "has a quote that is left open or out of place"}},
    [FLAW_OUTSIDE_SLICE] = {"outside_slice", 0, {"không thuộc phạm vi của tài khoản", "is outside the account's slice"}},
    [FLAW_SAME_AS_LINE] = {"same_as_line", 0, {"trùng với dòng %s", "is the same as line %s"}},
    [FLAW_NO_POPULATION] = {"no_population", 0, {"chưa có số dân của %s", "there is no population figure of %s"}},
    [FLAW_NO_REPORT]  = {"no_report", 0, {"chưa có báo cáo số người đã tham gia của %s", "there is no report of the people covered in %s"}},
    [FLAW_COVERED]    = {"covered", 0, {"đã được bảo hiểm trong thời gian này %s", "is in time that is covered already %s"}},
    [FLAW_NAMESAKE]   = {"namesake", 0, {"trùng họ tên và ngày sinh với người khác trong xã, cần số định danh", "is the name and birth of somebody in the commune, a number must tell them apart"}},
    [FLAW_OTHER_PERSON] = {"other_person", 0, {"là số của người khác", "is the number of somebody else"}},
    [FLAW_NO_RULE]    = {"no_rule", 0, {"không có quy định cho thời hạn này", "has no rule at that time"}},
    [FLAW_STEP]       = {"step", 0, {"phải bằng mức thấp nhất cộng bội số của %s", "must be the least amount plus a multiple of %s"}},
    [FLAW_DIED]       = {"died", 0, {"người này đã mất trước ngày đó", "the person died before that day"}},
    [FLAW_TOO_YOUNG]  = {"too_young", 0, {"phải đủ %s tuổi", "must be at least %s years old"}},
    [FLAW_NO_RATE]    = {"no_rate", 0, {"chưa có mức %s", "there is no rate %s"}},
    [FLAW_NO_UNUSED]  = {"no_unused", 0, {"không còn tháng nào chưa dùng", "leaves no unused month"}},
    [FLAW_NO_MONEY]   = {"no_money", 0, {"không có phần tiền nào người tham gia phải nộp", "have nothing that a participant pays"}},
    [FLAW_NUMBERS_LEFT] = {"numbers_left", 0, {"nhiều hơn số biên lai còn lại", "is more than the numbers that are left"}},
    [FLAW_STATUS]     = {"status", 0, {"đang ở trạng thái %s", "is %s"}},
    [FLAW_IN_DOSSIER] = {"in_dossier", 0, {"đang chờ trong hồ sơ %s", "waits in dossier %s"}},
    [FLAW_OTHER_FORM] = {"other_form", 0, {"thuộc mẫu %s", "belongs on the form %s"}},
    [FLAW_OTHER_OFFICE] = {"other_office", 0, {"thuộc cơ quan BHXH khác với dòng đầu", "belongs to another office than the first line"}},
    [FLAW_ENDS_FIRST] = {"ends_first", 0, {"kết thúc trước khi bắt đầu", "ends before it begins"}},
    [FLAW_ENDED] = {"ended", 0, {"đã thôi làm", "has ended"}},
    [FLAW_CASH_IN_HAND] = {"cash_in_hand", 0, {"còn giữ tiền, hãy nộp hoặc bàn giao trước", "leaves cash in hand, remit it or hand it over first"}},
    [FLAW_NOT_COUNTED] = {"not_counted", 0, {"còn khoản nộp chưa được đối chiếu", "leaves a remittance that the office has not reconciled"}},
    [FLAW_COLLECTORS_SERVE] = {"collectors_serve", 0, {"còn nhân viên thu đang làm", "leaves collectors who serve"}},
    [FLAW_CONTRACT_RUNS] = {"contract_runs", 0, {"còn hợp đồng đang hiệu lực", "leaves a contract that runs"}},
    [FLAW_IN_FUTURE]  = {"in_future", 0, {"không được ở tương lai", "must not be in the future"}},
    [FLAW_RATIO]      = {"ratio", 0, {"không áp dụng cho chỉ tiêu tỷ lệ", "does not apply to a ratio"}},
    [FLAW_SUM]        = {"sum", 0, {"phải có tổng bằng %s", "must add up to %s"}},
    [FLAW_EITHER]     = {"either", 0, {"không được gửi cùng với %s", "must not come together with %s"}},
    [FLAW_BEFORE_BIRTH] = {"before_birth", 0, {"trước ngày sinh", "is before the birth"}},
    [FLAW_IN_HOUSEHOLD] = {"in_household", 0, {"người này đang thuộc một hộ vào ngày đó", "the person belongs to a household on that day"}},
    [FLAW_TWO_NUMBERS] = {"two_numbers", 0, {"có số định danh hoặc mã số BHXH khác", "has another number"}},
};

/* A named constraint is a rule with a sentence of its own; a SQLSTATE is the rule for the rest. */
static const struct constraint_row {
    const char *name;
    enum problem_kind kind;
    const char *pointer; /* into the body, with its flaw; NULL when the whole request is meant */
    enum flaw_kind flaw;
} constraint_rows[] = {
    {"cut_within_quantity", OVER_ALLOCATED, NULL, 0},
    {"assignment_quantity_check", OVER_ALLOCATED, NULL, 0},
    {"coverage_once", ALREADY_COVERED, NULL, 0},
    {"credit_is_near", NOT_FOUND, "/won_by", FLAW_NOT_FOUND},
    {"collector_is_near", NOT_FOUND, "/collector_id", FLAW_NOT_FOUND},
    {"agency_is_near", NOT_FOUND, "/agency_id", FLAW_NOT_FOUND},
    {"giver_is_near", NOT_FOUND, "/from_collector_id", FLAW_NOT_FOUND},
    {"receiver_is_near", NOT_FOUND, "/to_collector_id", FLAW_NOT_FOUND},
    {"receipt_is_in_hand", NOT_FOUND, "/receipt_ids", FLAW_NOT_FOUND},
    {"numbers_left", RULE_BROKEN, "/numbers", FLAW_NUMBERS_LEFT},
    {"difference_has_reason", RULE_BROKEN, "/reason", FLAW_REQUIRED},
    {"receipt_book_once", DUPLICATE, "/first", FLAW_NOT_UNIQUE},
    {"collection_contract_once", DUPLICATE, "/valid_from", FLAW_NOT_UNIQUE},
    {"identity_once", DUPLICATE, "/person", FLAW_NOT_UNIQUE},
    {"person_identity_person_id_fkey", NOT_FOUND, "/hamlet_id", FLAW_NOT_FOUND},
    {"number_once", DUPLICATE, "", FLAW_NOT_UNIQUE},
    {"one_person_one_number", RULE_BROKEN, "/duplicate_id", FLAW_TWO_NUMBERS},
    {"number_fits", RULE_BROKEN, "/personal_id_number", FLAW_NUMBER},
    {"death_after_birth", RULE_BROKEN, "/died_on", FLAW_BEFORE_BIRTH},
    {"person_in_household", CONFLICT, "/hamlet_id", FLAW_IN_HOUSEHOLD},
    {"household_code_once", DUPLICATE, "/code", FLAW_NOT_UNIQUE},
    {"member_is_visible", NOT_FOUND, "/person_id", FLAW_NOT_FOUND},
    {"splits_off", NOT_FOUND, "/members", FLAW_NOT_FOUND},
    {"hamlet_is_open", NOT_FOUND, "/hamlet_id", FLAW_NOT_FOUND},
    {"one_household_at_a_time", CONFLICT, "/on", FLAW_IN_HOUSEHOLD},
    {"one_head_at_a_time", CONFLICT, "/on", FLAW_IN_HOUSEHOLD},
    {"group_is_known", NOT_FOUND, "/group", FLAW_NOT_FOUND},
    {"entitlement_once", DUPLICATE, "/from", FLAW_NOT_UNIQUE},
    {"username_once", DUPLICATE, "/username", FLAW_NOT_UNIQUE},
    {"decision_once", DUPLICATE, "/number", FLAW_NOT_UNIQUE},
    {"population_revision_once", CONFLICT, NULL, 0},
    {"rate_once", DUPLICATE, "/valid_from", FLAW_NOT_UNIQUE},
    {"holiday_once", DUPLICATE, "/from", FLAW_NOT_UNIQUE},
    {"reported_count_revision_once", CONFLICT, NULL, 0},
    {"agency_once", DUPLICATE, "/name", FLAW_NOT_UNIQUE},
    {"card_once", DUPLICATE, "/card_number", FLAW_NOT_UNIQUE},
    {"card_in_order", RULE_BROKEN, "/valid_to", FLAW_ENDS_FIRST},
    {"place_is_in_unit", NOT_FOUND, "/territory", FLAW_NOT_FOUND},
    {"cash_of_serving_collector", STILL_OPEN, "/ended", FLAW_CASH_IN_HAND},
    {"cash_of_serving_agency", STILL_OPEN, "/ended", FLAW_CASH_IN_HAND},
    {"remittance_is_counted", STILL_OPEN, "/ended", FLAW_NOT_COUNTED},
    {"collector_of_serving_agency", STILL_OPEN, "/ended", FLAW_COLLECTORS_SERVE},
    {"contract_is_over", STILL_OPEN, "/ended", FLAW_CONTRACT_RUNS},
    {"account_of_serving_collector", ENDED, NULL, 0},
    {"account_of_serving_agency", ENDED, NULL, 0},
    {"book_of_serving_collector", ENDED, "/collector_id", FLAW_ENDED},
};

static const struct state_row { const char *state; enum problem_kind kind; } state_rows[] = {
    {"08", DATABASE_UNAVAILABLE}, /* connection */
    {"53", BUSY},                 /* out of resources */
    {"57P", DATABASE_UNAVAILABLE},
    {"57014", TIMEOUT},
    {"55P03", BUSY},
    {"40", BUSY},                 /* serialization, deadlock */
    {"42501", OUTSIDE_SLICE},     /* a row would land outside the slice */
    {"23503", CONFLICT},
    {"23505", DUPLICATE},
    {"23P01", DUPLICATE},
    {"23514", RULE_BROKEN},
    {"ANB01", TOO_BROAD},         /* raised by the gate */
    {"ANQ01", TOO_MANY_REQUESTS},
    {"ANR01", RULE_MISSING},
    {"ANS01", WRONG_STATUS},
    {"ANC01", ALREADY_COVERED},
    {"ANK01", NO_RECEIPT_NUMBER},
    {"ANK02", CASH_LIMIT},
    {"ANK03", REMITTED},
};
// clang-format on

bool fail(struct request *req, enum problem_kind kind)
{
    if (req->problem.kind == NO_PROBLEM) {
        req->problem.kind = (int)kind;
    }
    return false;
}

bool fail_at(struct request *req, enum problem_kind kind, const char *where, const char *name,
             enum flaw_kind flaw, const char *argument)
{
    struct problem *problem = &req->problem;
    fail(req, kind);
    if (problem->kind == (int)kind && problem->flaw_count < MAX_FLAWS) {
        problem->flaws[problem->flaw_count++] = (struct flaw){where, name, (int)flaw, argument};
    }
    return false;
}

static const struct constraint_row *row_of_constraint(const char *constraint)
{
    for (size_t i = 0; constraint && i < sizeof constraint_rows / sizeof *constraint_rows; i++) {
        if (strcmp(constraint_rows[i].name, constraint) == 0) {
            return &constraint_rows[i];
        }
    }
    return NULL;
}

static enum problem_kind kind_of_state(const char *state)
{
    for (size_t i = 0; i < sizeof state_rows / sizeof *state_rows; i++) {
        if (strncmp(state_rows[i].state, state, strlen(state_rows[i].state)) == 0) {
            return state_rows[i].kind;
        }
    }
    return INTERNAL;
}

/* Never the detail, which would carry people's data. What is wrong with a value quotes it, and who raises
 * an error may: of these only the function of PostgreSQL that said so. */
static int what_is_safe_to_log(const char *state)
{
    static const char *const quoting[] = {"22", "P0", "XX"};
    for (size_t i = 0; i < sizeof quoting / sizeof *quoting; i++) {
        if (strncmp(state, quoting[i], 2) == 0) {
            return PG_DIAG_SOURCE_FUNCTION;
        }
    }
    return PG_DIAG_MESSAGE_PRIMARY;
}

bool fail_sql(struct request *req, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    metrics_state(req->service->metrics, state);
    const struct constraint_row *row =
        row_of_constraint(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
    if (row && row->pointer) {
        return fail_at(req, row->kind, "pointer", row->pointer, row->flaw, NULL);
    }
    enum problem_kind kind = row ? row->kind : state ? kind_of_state(state) : DATABASE_UNAVAILABLE;
    if (!row &&
        kind == ALREADY_COVERED) { /* the gate says with what, as far as the caller may know */
        const char *dates = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
        return fail_at(req, kind, "pointer", "/ends_on", FLAW_COVERED,
                       arena_strdup(req->arena, dates ? dates : ""));
    }
    if (kind == INTERNAL) {
        const char *text = PQresultErrorField(result, what_is_safe_to_log(state));
        req->problem.internal = arena_printf(req->arena, "%s %s", state, text ? text : "");
    }
    return fail(req, kind);
}

/* The title with its %s replaced; nothing here is a format string. */
static void render_filled(struct render *out, struct request *req, const char *title,
                          const char *argument)
{
    const char *mark = strstr(title, "%s");
    if (!mark) {
        render_string(out, title);
        return;
    }
    render_string(out, arena_printf(req->arena, "%.*s%s%s", (int)(mark - title), title,
                                    argument ? argument : "", mark + 2));
}

enum flaw_kind flaw_named(const char *code)
{
    int kind = 0;
    while (kind < FLAW_COUNT && strcmp(flaw_rows[kind].code, code) != 0) {
        kind++;
    }
    return (enum flaw_kind)kind;
}

void flaw_render(struct render *out, struct request *req, enum flaw_kind kind, const char *argument)
{
    const struct problem_row *row = &flaw_rows[kind];
    render_text(out, "\"code\":");
    render_string(out, row->code);
    render_text(out, ",\"detail\":");
    render_filled(out, req, row->title[req->language], argument);
}

static void render_flaw(struct render *out, struct request *req, const struct flaw *flaw)
{
    render_text(out, "{\"");
    render_text(out, flaw->where);
    render_text(out, "\":");
    render_string(out, flaw->name);
    render_text(out, ",");
    flaw_render(out, req, (enum flaw_kind)flaw->kind, flaw->argument);
    render_text(out, "}");
}

void problem_reply(struct request *req)
{
    const struct problem_row *row = &problem_rows[req->problem.kind];
    struct render out;
    render_init(&out, req->arena);
    render_text(&out, "{\"type\":\"/docs#");
    render_text(&out, row->code);
    render_text(&out, "\",\"title\":");
    render_string(&out, row->title[req->language]);
    render_text(&out, ",\"status\":");
    render_int(&out, row->status);
    render_text(&out, ",\"code\":");
    render_string(&out, row->code);
    render_text(&out, ",\"instance\":");
    render_string(&out, arena_printf(req->arena, "urn:ansinh:request:%s", req->id));
    if (req->problem.flaw_count > 0) {
        render_text(&out, ",\"errors\":[");
        for (int i = 0; i < req->problem.flaw_count; i++) {
            render_text(&out, i ? "," : "");
            render_flaw(&out, req, &req->problem.flaws[i]);
        }
        render_text(&out, "]");
    }
    render_text(&out, req->problem.members ? req->problem.members : "");
    render_text(&out, "}");
    reply_json(req, row->status, out.data, out.size);
    req->reply.content_type = "application/problem+json";
    reply_header(req, "Content-Language", req->language == ENGLISH ? "en" : "vi");
    if (row->status == 401) {
        reply_header(req, "WWW-Authenticate", "Bearer realm=\"ansinh\"");
    }
    if (row->status == 503 || row->status == 429) {
        int seconds = req->problem.retry_after > 0 ? req->problem.retry_after : 1;
        reply_header(req, "Retry-After", arena_printf(req->arena, "%d", seconds));
    }
}

/* The weight of one "en;q=0.8" item. */
static double weight_of(const char *item, size_t size)
{
    const char *q = memchr(item, '=', size);
    return q ? strtod(q + 1, NULL) : 1.0;
}

enum language language_of(const char *accept_language)
{
    double best = 0;
    enum language chosen = VIETNAMESE;
    for (const char *item = accept_language; item && *item;) {
        item += strspn(item, ", \t");
        size_t size = strcspn(item, ",");
        double weight = weight_of(item, size);
        bool english = strncasecmp(item, "en", 2) == 0;
        bool vietnamese = strncasecmp(item, "vi", 2) == 0;
        if ((english || vietnamese) && weight > best) {
            best = weight;
            chosen = english ? ENGLISH : VIETNAMESE;
        }
        item += size;
    }
    return chosen;
}
