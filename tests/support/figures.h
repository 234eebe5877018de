/* Live figures against a recount of the rows. */
#ifndef ANSINH_TEST_FIGURES_H
#define ANSINH_TEST_FIGURES_H

/* Puts right what suites before have done to rows behind the service's back. An unchecked fixture. */
void figures_begin(void);
/* The test fails when a recount finds a difference. */
void figures_agree(void);

#endif
