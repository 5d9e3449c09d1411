// The kernels for the instruction set every processor of this architecture has.
#define MMFUSION_LEVEL baseline

#include "block_kernels.hpp"
#include "levels.hpp"
#include "row_kernels.hpp"

#if defined(__x86_64__) || defined(_M_X64)
#include "vector_sse2.hpp"
#elif defined(__aarch64__) || defined(_M_ARM64)
#include "vector_neon.hpp"
#else
#include "vector_scalar.hpp"
#endif

#include "columns.inl"
// clang-format off: each file below builds on those above it
#include "exponentials.inl"
#include "tv_rows.inl"
#include "fusion_rows.inl"
#include "guided_rows.inl"
#include "table.inl"
#include "blocks.inl"
// clang-format on
