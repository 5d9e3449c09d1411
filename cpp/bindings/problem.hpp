// A fusion problem together with the arrays it reads.
#pragma once

#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "arrays.hpp"
#include "mmfusion/fusion_problem.hpp"

namespace mmfusion::python {

// Image, offset and factor.
using ScaledArray = std::tuple<FloatArray, float, float>;

class BoundProblem {
public:
    BoundProblem(ScaledArray haadf, std::vector<ScaledArray> maps,
                 const std::vector<float>& weights, const FusionOptions& options,
                 std::optional<FloatArray> start, std::optional<FloatArray> mask,
                 std::shared_ptr<StopFlag> abandon);

    // Points into the arrays of this object.
    [[nodiscard]] const FusionProblem& view() const noexcept { return view_; }

private:
    ScaledArray haadf_;
    std::vector<ScaledArray> maps_;
    std::optional<FloatArray> start_;
    std::optional<FloatArray> mask_;
    std::shared_ptr<StopFlag> abandon_;
    FusionProblem view_;
};

}  // namespace mmfusion::python
