#include "matched/measured_counts.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "fusion_start.hpp"
#include "kernels/block_kernels.hpp"
#include "matched/anscombe.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

constexpr double background = 1e-3;  // of a map, in the costs

float scaled(const ScaledImage& image, std::int64_t at) noexcept {
    return (image.data[at] - image.offset) * image.factor;
}

}  // namespace

MeasuredCounts::MeasuredCounts(FusionProblem problem, MatchedTerms terms)
    : problem_(std::move(problem)), terms_(std::move(terms)) {
    require_valid(problem_);
    require(problem_.shape.rows >= block_side && problem_.shape.columns >= block_side,
            "the matched solver needs images of at least 8 x 8 pixels");
    require(terms_.counts.size() == problem_.maps.size(), "every map needs its counts");
    constexpr float most = 1e9F;
    for (const float counts : terms_.counts) {
        require_between("counts", counts, 1.0F / most, most);
    }
    require_between("haadf_counts", terms_.haadf_counts, 1.0F / most, most);
    require_between("haadf_dark", terms_.haadf_dark, -most, most);
    require_between("strength", terms_.strength, 0.0F, most);
}

float MeasuredCounts::haadf(std::int64_t at) const noexcept { return scaled(problem_.haadf, at); }

float MeasuredCounts::measured(std::int64_t map, std::int64_t at) const noexcept {
    return std::max(scaled(problem_.maps[static_cast<std::size_t>(map)].image, at), 0.0F);
}

void MeasuredCounts::transform_haadf(std::int64_t row, float* transformed) const {
    const std::int64_t columns = problem_.shape.columns;
    for (std::int64_t x = 0; x < columns; ++x) {
        transformed[x] =
            anscombe(terms_.haadf_counts * haadf(row * columns + x) + terms_.haadf_dark);
    }
}

void MeasuredCounts::transform_map(std::int64_t map, std::int64_t row, const float* guess,
                                   float* transformed) const {
    const std::int64_t columns = problem_.shape.columns;
    const float counts = terms_.counts[static_cast<std::size_t>(map)];
    for (std::int64_t x = 0; x < columns; ++x) {
        const std::int64_t at = row * columns + x;
        transformed[x] =
            guess != nullptr && is_masked(at) ? guess[x] : anscombe(counts * measured(map, at));
    }
}

void MeasuredCounts::invert_map(std::int64_t map, std::int64_t row, const float* estimate,
                                float* result) const {
    const std::int64_t columns = problem_.shape.columns;
    const float counts = terms_.counts[static_cast<std::size_t>(map)];
    for (std::int64_t x = 0; x < columns; ++x) {
        result[x] = estimate == nullptr ? measured(map, row * columns + x)
                                        : inverse_anscombe(estimate[x]) / counts;
    }
}

Costs MeasuredCounts::costs_of_row(std::int64_t row, const float* model, const float* maps) const {
    Costs sum;
    const std::int64_t columns = problem_.shape.columns;
    for (std::int64_t at = row * columns; at < (row + 1) * columns; ++at) {
        const auto residual = static_cast<double>(model[at] - haadf(at));
        sum.haadf += 0.5 * residual * residual;
        for (std::int64_t map = 0; map < problem_.map_count() && !is_masked(at); ++map) {
            const auto counts = static_cast<double>(terms_.counts[static_cast<std::size_t>(map)]);
            const auto c = static_cast<double>(measured(map, at));
            const double u =
                static_cast<double>(maps[problem_.start_of_map(map) + at]) + background;
            sum.chem += counts * (u - c + (c > 0.0 ? c * std::log(c / u) : 0.0));
        }
    }
    return sum;
}

}  // namespace mmfusion
