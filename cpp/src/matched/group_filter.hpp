// Filters groups of matched blocks and adds up what they say about each pixel.
#pragma once

#include <cstdint>

#include "aligned_buffer.hpp"
#include "matched/block_matching.hpp"
#include "mmfusion/image.hpp"

namespace mmfusion {

// One pass over one transformed map. All images have the same stride.
struct GroupPass {
    const BlockMatches* matches;
    const float* noisy;
    const float* pilot;  // the first estimate; null in the first pass
    std::int64_t stride;
    float strength;
    float* sums;     // of weighted estimates
    float* weights;  // of the groups, where their blocks begin
};

// Divides a row of sums, of as many columns, by the weights that the blocks there have in it.
void divide_by_weights(const GroupPass& pass, Shape shape, std::int64_t row);

// The memory of one thread.
class GroupFilter {
public:
    GroupFilter();

    // Adds what the groups of one row of the grid say.
    void add_row(const GroupPass& pass, std::int64_t row);

private:
    float first_estimate(const GroupPass& pass);
    float second_estimate(const GroupPass& pass);
    void gather(const float* image, std::int64_t stride, float* group) const;

    AlignedBuffer group_;
    AlignedBuffer pilot_;
    std::int64_t starts_[most_matches] = {};
    std::int64_t blocks_ = 0;
};

}  // namespace mmfusion
