// The measured images as counts, and what estimates of them cost.
#pragma once

#include <cstdint>

#include "mmfusion/matched_plan.hpp"

namespace mmfusion {

class MeasuredCounts {
public:
    // Throws std::invalid_argument if the problem is invalid.
    MeasuredCounts(FusionProblem problem, MatchedTerms terms);

    [[nodiscard]] const FusionProblem& problem() const noexcept { return problem_; }
    [[nodiscard]] const MatchedTerms& terms() const noexcept { return terms_; }

    // A row, with noise of variance 1.
    void transform_haadf(std::int64_t row, float* transformed) const;
    // The same of a map, with the guess, unless it is null, in masked pixels.
    void transform_map(std::int64_t map, std::int64_t row, const float* guess,
                       float* transformed) const;
    // A row of an estimate of the transformed map in units of the map, or of the measured map if
    // there is none.
    void invert_map(std::int64_t map, std::int64_t row, const float* estimate, float* result) const;

    // Of a row, without the total variation.
    [[nodiscard]] Costs costs_of_row(std::int64_t row, const float* model, const float* maps) const;

private:
    [[nodiscard]] float measured(std::int64_t map, std::int64_t at) const noexcept;
    [[nodiscard]] float haadf(std::int64_t at) const noexcept;
    [[nodiscard]] bool is_masked(std::int64_t at) const noexcept {
        return problem_.mask != nullptr && problem_.mask[at] == 0.0F;
    }

    FusionProblem problem_;
    MatchedTerms terms_;
};

}  // namespace mmfusion
