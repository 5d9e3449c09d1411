// The transform of Anscombe, 2 sqrt(c + 3/8), which gives counts c noise of variance 1, and the way
// back from the mean of transformed counts.
#pragma once

#include <cmath>

namespace mmfusion {

// Negative counts, which a zero that was only estimated makes, count as 0.
inline float anscombe(float counts) {
    constexpr float shift = 0.375F;
    return 2.0F * std::sqrt((counts > 0.0F ? counts : 0.0F) + shift);
}

// The exact unbiased inverse: the mean y of counts for which `transformed` is the mean of
// transformed ones (Makitalo & Foi, doi 10.1109/TIP.2010.2056693); 0 where there is none.
float inverse_anscombe(float transformed);

// The variance of transformed counts with this mean of transformed ones. It falls from 1 to 0 below
// about two counts.
float variance_of_anscombe(float transformed);

}  // namespace mmfusion
