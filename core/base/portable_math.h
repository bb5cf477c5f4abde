// exp, log and the inverse of the normal distribution with the same bits on every IEEE machine.
//
// The C library's versions differ in the last place from one library to the next, and a draw that
// differs by one unit changes a whole run. These use + - * / and sqrt on doubles only, all of which
// IEEE 754 rounds exactly; REQUIRES that the compiler neither fuses nor reassociates
// (-ffp-contract=off, set for every room). Accurate to about two units in the last place. For
// models of links and arrivals; decisions of the protocol use integers.
#pragma once

namespace hearsay {

// e to the x. +infinity above 709.78, 0 below -745.13. A NaN stays a NaN.
double portable_exp(double x);

// The natural logarithm. REQUIRES: x > 0 and finite.
double portable_log(double x);

// The z for which a standard normal variable is below z with probability p (algorithm AS 241 of
// M. Wichura, 1988). REQUIRES: 0 < p < 1.
double portable_inverse_normal_cdf(double p);

}  // namespace hearsay
