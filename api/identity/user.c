/* Accounts. */
#include "api/identity/user.h"

#include "middleware/transaction.h"

bool user_me(struct request *req)
{
    return answer_row(req, 200, SQL_USER_ME, 0, NULL);
}
