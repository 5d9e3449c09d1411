// The kernels for AVX2 with FMA: the only file compiled with these instructions.
#define MMFUSION_LEVEL avx2

#include "block_kernels.hpp"
#include "levels.hpp"
#include "row_kernels.hpp"
#include "vector_avx2.hpp"

#include "columns.inl"
// clang-format off: each file below builds on those above it
#include "exponentials.inl"
#include "tv_rows.inl"
#include "fusion_rows.inl"
#include "guided_rows.inl"
#include "table.inl"
#include "blocks.inl"
// clang-format on
