// The tables of kernels, in one namespace per level.
#pragma once

#include "row_kernels.hpp"

namespace mmfusion {

namespace baseline {
RowKernels make_row_kernels();
}

namespace avx2 {
RowKernels make_row_kernels();
}

namespace avx512 {
RowKernels make_row_kernels();
}

}  // namespace mmfusion
