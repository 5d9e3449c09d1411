// The inner loops over blocks of 8 x 8 pixels, compiled once per instruction set.
#pragma once

#include <cstdint>

namespace mmfusion {

inline constexpr std::int64_t block_side = 8;
inline constexpr std::int64_t block_size = block_side * block_side;

// The squared distances of blocks from those a fixed offset away: of the blocks that begin in
// columns 0 to `positions` - 1 of one row of an image. Kernels read up to `distance_overrun` floats
// behind the last block, and write as many behind the last distance.
struct BlockDistanceRow {
    const float* image;
    const float* other;  // the same image, from the offset on
    std::int64_t stride;
    float* sums;  // scratch, as long as a row
    float* distances;
    std::int64_t positions;
};
inline constexpr std::int64_t distance_overrun = 32;

// A group holds blocks one after another; their number is a power of 2. Its transform is the
// orthonormal DCT of each block, followed by the orthonormal Haar transform along the group in
// place: the mean of the group ends up in its first value.
struct BlockKernels {
    void (*transform)(float* group, std::int64_t blocks);
    void (*inverse)(float* group, std::int64_t blocks);
    // Sets values within +-level to 0, except for the first; returns how many are left.
    float (*threshold)(float* group, std::int64_t blocks, float level);
    // Multiplies each value by w = p^2 / (p^2 + variance), p of the pilot; returns sum w^2.
    float (*shrink)(float* group, const float* pilot, std::int64_t blocks, float variance);
    // Copies a block out of an image with this stride, and adds weight window block to one.
    void (*copy)(const float* image, std::int64_t stride, float* block);
    void (*add)(const float* block, const float* window, float weight, std::int64_t stride,
                float* image);
    void (*distances)(const BlockDistanceRow&);
};

// The table of the level in use.
const BlockKernels& block_kernels();

}  // namespace mmfusion
