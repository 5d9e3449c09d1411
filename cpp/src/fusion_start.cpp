#include "fusion_start.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/row_kernels.hpp"
#include "validate.hpp"

namespace mmfusion {

void require_valid(const FusionProblem& problem) {
    const FusionOptions& options = problem.options;
    require_valid(problem.shape);
    require_valid(problem.haadf);
    require(!problem.maps.empty(), "at least one map is needed");
    require(problem.map_count() <= 1000, "there can be at most 1000 maps");
    for (const WeightedMap& map : problem.maps) {
        require_valid(map.image);
        require(std::isfinite(map.weight) && map.weight >= 0.0F,
                "weights must be finite and at least 0");
    }
    constexpr float most = 1e6F;
    require_between("gamma", options.gamma, 1.0F, 2.0F);
    require_between("lambda_haadf", options.lambda_haadf, 0.0F, most);
    require_between("lambda_chem", options.lambda_chem, 0.0F, most);
    require_between("lambda_tv", options.lambda_tv, 0.0F, most);
    require_between("background", options.background, 1e-7F, most);
    require_between("threshold", options.threshold, 0.0F, most);
    require_valid_steps(options.n_iter_tv, options.threads);
}

void write_start(const FusionProblem& problem, ThreadPool& pool, float* maps) {
    const Shape shape = problem.shape;
    if (problem.start != nullptr) {
        std::copy_n(problem.start, problem.values(), maps);
        return;
    }
    pool.run(problem.map_count(), [&](std::int64_t map, int) {
        const ScaledImage& image = problem.maps[static_cast<std::size_t>(map)].image;
        for (std::int64_t i = 0; i < shape.rows && !problem.options.is_abandoned(); ++i) {
            row_kernels().normalise({.measured = image.data + i * shape.columns,
                                     .map = maps + problem.start_of_map(map) + i * shape.columns,
                                     .columns = shape.columns,
                                     .offset = image.offset,
                                     .factor = image.factor,
                                     .threshold = problem.options.threshold});
        }
    });
}

}  // namespace mmfusion
