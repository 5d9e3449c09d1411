// Passes over all images by all threads: one pass cut into tiles, or a sequence of passes that
// pursue one another down the image.
#pragma once

#include <vector>

#include "mmfusion/stop_flag.hpp"
#include "tiled_pass.hpp"
#include "tutorial_tile.hpp"

namespace mmfusion {

// Passes that follow one another between two sets of n images: pass 0 reads the first and writes
// the second, pass 1 reads the second and writes the first.
struct PassSequence {
    float* first;
    float* second;
    std::int64_t passes;
    bool ends_in_maps;  // the last pass writes its maps instead of the source of another pass
    float* haadf;       // of these maps

    [[nodiscard]] PassImages images(std::int64_t pass) const noexcept;
};

class TutorialSweep {
public:
    // Allocates all working memory. `settings` with no steps makes a pass that only clips.
    TutorialSweep(const FusionProblem& problem, const TvSettings& settings, ThreadPool& pool);

    // One pass; its costs if they are wanted, else zeros.
    Costs run(const PassImages& images, bool with_costs) { return pass_.run(images, with_costs); }

    // Appends the costs of every pass done and returns their number: all, unless `stop` is set
    // meanwhile.
    std::int64_t run(const PassSequence& sequence, std::vector<Costs>& costs, const StopFlag* stop);

private:
    std::int64_t run_in_pursuit(const PassSequence& sequence, std::vector<Costs>& costs,
                                const StopFlag* stop);

    Shape shape_;
    ThreadPool& pool_;
    TiledPass<TutorialTile> pass_;
    std::vector<std::vector<Costs>> costs_;  // of every row, one set a thread
};

}  // namespace mmfusion
