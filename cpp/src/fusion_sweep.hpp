// One pass over all images: TV steps, costs and the next gradient step, row by row.
#pragma once

#include <vector>

#include "mmfusion/fusion_plan.hpp"
#include "thread_pool.hpp"
#include "tiles.hpp"
#include "tv_pipeline.hpp"

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

// What a pass is given and what it should write; null pointers mean "not wanted".
struct SweepImages {
    const float* source = nullptr;  // n images
    float* maps = nullptr;          // n images: the source after its TV steps
    float* haadf = nullptr;         // sum_i w_i x_i^gamma of these maps
    float* next = nullptr;          // n images: these maps after the gradient step
};

class FusionSweep {
public:
    // Allocates all working memory. `settings` with no steps makes a pass that only clips.
    FusionSweep(const FusionProblem& problem, const TvSettings& settings, ThreadPool& pool);
    ~FusionSweep();
    FusionSweep(const FusionSweep&) = delete;
    FusionSweep& operator=(const FusionSweep&) = delete;

    // Returns the costs of the maps; they are computed only where `images.next` is wanted.
    Costs run(const SweepImages& images);

private:
    class Worker;

    [[nodiscard]] Costs sum_costs() const;

    const FusionProblem& problem_;
    ThreadPool& pool_;
    Tiling tiling_;
    std::vector<Worker> workers_;
    std::vector<Costs> costs_;  // of every row and strip, so that no sum depends on the threads
};

}  // namespace mmfusion
