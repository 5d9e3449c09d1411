// The kernels for AVX-512: the only file compiled with these instructions.
#define MMFUSION_LEVEL avx512

#include "levels.hpp"
#include "row_kernels.hpp"
#include "vector_avx512.hpp"

#include "columns.inl"
// clang-format off: each file below builds on those above it
#include "exponentials.inl"
#include "tv_rows.inl"
#include "fusion_rows.inl"
#include "guided_rows.inl"
#include "table.inl"
// clang-format on
