// One tile in a sweep of the guided solver, and one thread's working memory for it: a sweep of
// primal-dual steps, the state they reach, its costs and its duality gap.
#pragma once

#include <vector>

#include "guided_pipeline.hpp"
#include "mmfusion/guided_plan.hpp"
#include "tiles.hpp"

namespace mmfusion {

// The state before and after the sweep.
struct GuidedImages {
    const float* maps;   // n images
    const float* duals;  // 2 n images: both components of every map
    const float* haadf_dual;
    float* next_maps;
    float* next_duals;
    float* next_haadf_dual;
    float* haadf;  // sum_i w_i x_i of the next maps
};

struct GuidedCosts {
    Costs costs;
    double gap = 0.0;
};

class GuidedTile {
public:
    // Allocates all working memory.
    GuidedTile(const FusionProblem& problem, const GuidedTerms& terms, int steps,
               const Tiling& tiling);

    // Writes the owned pixels of the next state and, unless `costs` is null, those of the model and
    // the costs of every owned row to costs[row x strips + strip].
    void process(const Tile& tile, const GuidedSettings& settings, const GuidedImages& images,
                 GuidedCosts* costs);

private:
    void feed(std::int64_t row);
    void collect(std::int64_t row);
    void write_state(std::int64_t row);
    [[nodiscard]] GuidedCosts evaluate(std::int64_t row);

    const FusionProblem& problem_;
    const GuidedTerms& terms_;
    const RowKernels& kernels_;
    std::int64_t strips_;
    GuidedPipeline pipeline_;
    PaddedRows model_;
    const Tile* tile_ = nullptr;
    const GuidedSettings* settings_ = nullptr;
    const GuidedImages* images_ = nullptr;
    GuidedCosts* costs_ = nullptr;
};

}  // namespace mmfusion
