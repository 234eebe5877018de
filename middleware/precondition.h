/* Entity tags, so that nobody overwrites what he has not seen (RFC 9110 §8.8.3, §13).
 *
 * A statement that shows one row with a version has it as a column "@version", which is not shown.
 * The answer's ETag is that version with a hash of the answer: If-Match decides by the version alone,
 * in the statement that writes; If-None-Match by all of it, because names of units and sums of other
 * rows may change under an unchanged version.
 *
 *   update t set …, version = t.version + 1
 *    where t.id = $1 and t.version = any(coalesce($2::int[], array[t.version]))
 *
 * with precondition_versions() for $2, and answer_changed() of segment.h for what came of it. */
#ifndef ANSINH_PRECONDITION_H
#define ANSINH_PRECONDITION_H

#include <libpq-fe.h>

#include "middleware/request.h"

/* Stage: what the headers ask for. 428 where a GUARDED route comes without If-Match. */
bool precondition_check(struct request *req) must_check;

/* The versions that If-Match names, as int[]; NULL where any will do. */
const char *precondition_versions(const struct request *req);
/* Is the row in its present version one that If-Match names? If not it is PRECONDITION_FAILED. */
bool precondition_fits(struct request *req, const PGresult *rows) must_check;

/* The ETag of the reply just made out of the first row, if that has a version. A GET whose client has
 * this already becomes 304; one that asks for another by If-Match is PRECONDITION_FAILED. */
bool precondition_tag(struct request *req, const PGresult *rows) must_check;

#endif
