/* Live figures against a recount of the rows. */
#include "tests/support/figures.h"

#include "tests/support/harness.h"
#include "tests/support/suites.h"

static void recount(const char *repair)
{
    const char *const arguments[] = {"recount", repair, NULL};
    const char *output = "";
    int status = run_program(arguments, NULL, &output);
    ck_assert_msg(status == 0, "%.900s", output);
}

void figures_begin(void)
{
    recount("--repair");
}

void figures_agree(void)
{
    recount(NULL);
}
