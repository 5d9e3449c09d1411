// The input of a fusion: images, weights and options, the same for every solver.
#pragma once

#include <cstdint>
#include <vector>

#include "mmfusion/image.hpp"
#include "mmfusion/stop_flag.hpp"
#include "mmfusion/tv.hpp"

namespace mmfusion {

struct FusionOptions {
    float gamma = 0.0F;
    float lambda_haadf = 0.0F;
    float lambda_chem = 0.0F;
    float lambda_tv = 0.0F;
    float background = 0.0F;
    float threshold = 0.0F;  // start values below it become 0; 0 switches it off
    int n_iter_tv = 0;       // 0 switches the regularisation off
    TvKind tv = TvKind::isotropic;
    int threads = 1;
    // Once set, all work ends within a row of the image. What was computed is of no use then, and
    // the solver neither. Null: never.
    const StopFlag* abandon = nullptr;

    [[nodiscard]] bool is_abandoned() const noexcept {
        return abandon != nullptr && abandon->is_set();
    }
};

// Psi_1 (HAADF), Psi_2 (chemistry) and Psi_3 (total variation) after one iteration.
struct Costs {
    double haadf = 0.0;
    double chem = 0.0;
    double tv = 0.0;
};

struct WeightedMap {
    ScaledImage image;
    float weight = 0.0F;
};

// The images must outlive everything that uses the problem.
struct FusionProblem {
    Shape shape;
    ScaledImage haadf;
    std::vector<WeightedMap> maps;
    FusionOptions options;
    const float* start = nullptr;  // n normalised images; null: the measured maps
    // 0 where the chemical term ignores a pixel, 1 elsewhere; null: 1 everywhere.
    const float* mask = nullptr;

    [[nodiscard]] std::int64_t map_count() const noexcept {
        return static_cast<std::int64_t>(maps.size());
    }
    // Of all maps together.
    [[nodiscard]] std::int64_t values() const noexcept { return map_count() * shape.pixels(); }
    [[nodiscard]] std::int64_t start_of_map(std::int64_t map) const noexcept {
        return map * shape.pixels();
    }
};

}  // namespace mmfusion
