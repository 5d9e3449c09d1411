// Passes over all images by all threads: one pass cut into tiles, or a sequence of passes that
// follow one another down the image.
#pragma once

#include <vector>

#include "mmfusion/stop_flag.hpp"
#include "tiled_pass.hpp"
#include "tutorial_tile.hpp"

namespace mmfusion {

// Passes between two sets of n images: pass 0 reads the first and writes the second, pass 1 reads
// the second and writes the first, and so on.
struct PassSequence {
    float* first = nullptr;
    float* second = nullptr;
    std::int64_t passes = 0;
    bool ends_in_maps = false;  // the last pass writes its maps, not the source of another pass
    float* haadf = nullptr;     // of these maps

    [[nodiscard]] PassImages images(std::int64_t pass) const noexcept;
};

class TutorialSweep {
public:
    // Allocates all working memory. Without steps in `settings` a pass only clips.
    TutorialSweep(const FusionProblem& problem, const TvSettings& settings, ThreadPool& pool);

    // Runs one pass and returns its costs, or zeros without `with_costs`.
    Costs run(const PassImages& images, bool with_costs) { return pass_.run(images, with_costs); }

    // Appends the costs of every pass done and returns their number; ends early once `stop` is set.
    std::int64_t run(const PassSequence& sequence, std::vector<Costs>& costs, const StopFlag* stop);

private:
    std::int64_t run_staggered(const PassSequence& sequence, std::vector<Costs>& costs,
                               const StopFlag* stop);

    [[nodiscard]] bool is_stopped(const StopFlag* stop) const noexcept;

    const FusionProblem& problem_;
    Shape shape_;
    ThreadPool& pool_;
    TiledPass<TutorialTile> pass_;
    std::vector<std::vector<Costs>> costs_;  // of every row, one set per thread
};

}  // namespace mmfusion
