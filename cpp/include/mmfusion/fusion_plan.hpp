// The tutorial's fusion schedule, planned once and executed iteration by iteration.
#pragma once

#include <memory>
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
    float threshold = 0.0F;  // start values below it are 0; 0 switches it off
    int n_iter_tv = 0;       // 0 switches the regularisation off
    TvKind tv = TvKind::isotropic;
    int threads = 1;
};

// Psi_1 (HAADF), Psi_2 (chemistry) and Psi_3 (total variation) of one iterate.
struct Costs {
    double haadf = 0.0;
    double chem = 0.0;
    double tv = 0.0;
};

struct WeightedMap {
    ScaledImage image;
    float weight = 0.0F;
};

// A plan allocates 2 n images when it is made and nothing of their size afterwards. The images it
// is given must outlive it. One thread at a time may use it.
class FusionPlan {
public:
    FusionPlan(Shape shape, ScaledImage haadf, const std::vector<WeightedMap>& maps,
               const FusionOptions& options);
    ~FusionPlan();
    FusionPlan(const FusionPlan&) = delete;
    FusionPlan& operator=(const FusionPlan&) = delete;

    // Runs up to n_iter iterations and appends their costs; starts no other once `stop` is set.
    // Returns how many were done.
    int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop = nullptr);

    // One iteration. Writes its maps (n images, one after another) and its model of the HAADF
    // image, sum_i w_i x_i^gamma, where these pointers are not null.
    Costs step(float* maps, float* haadf);

    // Runs up to n_iter iterations like `run` and ends the plan: the maps reached move into the
    // plan's own memory, which is handed over, and their model of the HAADF image to `haadf`.
    std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs, const StopFlag* stop,
                                  float* haadf);

    [[nodiscard]] Shape shape() const noexcept;
    [[nodiscard]] std::int64_t map_count() const noexcept;

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace mmfusion
