// The tables of kernels, in one namespace per level.
#pragma once

#include "block_kernels.hpp"
#include "row_kernels.hpp"

namespace mmfusion {

namespace baseline {
RowKernels make_row_kernels();
BlockKernels make_block_kernels();
}  // namespace baseline

namespace avx2 {
RowKernels make_row_kernels();
BlockKernels make_block_kernels();
}  // namespace avx2

// Its vectors are wider than the rows of a block, which those of AVX2 fit.
namespace avx512 {
RowKernels make_row_kernels();
}

}  // namespace mmfusion
