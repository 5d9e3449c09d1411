// What a fusion is given, and what one pass over its images reads and writes.
#pragma once

#include <vector>

#include "mmfusion/fusion_plan.hpp"

namespace mmfusion {

struct FusionProblem {
    Shape shape;
    ScaledImage haadf;
    std::vector<WeightedMap> maps;
    FusionOptions options;

    [[nodiscard]] std::int64_t map_count() const noexcept {
        return static_cast<std::int64_t>(maps.size());
    }
    [[nodiscard]] std::int64_t start_of_map(std::int64_t map) const noexcept {
        return map * shape.pixels();
    }
};

// Null pointers mean "not wanted".
struct SweepImages {
    const float* source = nullptr;  // n images
    float* maps = nullptr;          // n images: the source after its TV steps
    float* haadf = nullptr;         // sum_i w_i x_i^gamma of these maps
    float* next = nullptr;          // n images: these maps after the gradient step
};

}  // namespace mmfusion
