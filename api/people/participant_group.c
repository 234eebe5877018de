/* The groups of participants. */
#include "api/people/participant_group.h"

#include "middleware/transaction.h"

bool participant_group_list(struct request *req)
{
    return answer_items(req, SQL_PARTICIPANT_GROUP_LIST,
                        PARAMS(request_query(req, "scheme"), request_query(req, "on")));
}
