// Every instruction set gives the result of the baseline.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/levels.hpp"
#include "mmfusion/simd_level.hpp"
#include "padded_rows.hpp"
#include "reference.hpp"

using namespace mmfusion;

TEST_CASE("the level in use is available") {
    const std::vector<std::string> levels = available_simd_levels();
    CHECK(std::find(levels.begin(), levels.end(), simd_level()) != levels.end());
}

#if defined(__x86_64__) || defined(_M_X64)
TEST_CASE("all levels agree to 1e-6") {
    constexpr std::int64_t columns = 1000;
    std::vector<RowKernels> levels{baseline::make_row_kernels()};
    for (const std::string& name : available_simd_levels()) {
        if (name != "baseline") {
            levels.push_back(name == "avx2" ? avx2::make_row_kernels()
                                            : avx512::make_row_kernels());
        }
    }
    const std::vector<float> random = reference::random_pixels(4 * columns, 20);
    std::vector<std::vector<float>> results;
    std::vector<double> sums;
    for (const RowKernels& kernels : levels) {
        const PaddedRows rows(8, columns);
        for (std::int64_t row = 0; row < 4; ++row) {
            std::copy_n(random.begin() + row * columns, columns, rows.row(row));
        }
        kernels.power({.map = rows.row(0),
                       .power = rows.row(4),
                       .model = rows.row(5),
                       .columns = columns,
                       .gamma = 1.6F,
                       .weight = 0.7F,
                       .first = true});
        sums.push_back(kernels.residual({.model = rows.row(5),
                                         .haadf = rows.row(1),
                                         .residual = rows.row(6),
                                         .columns = columns,
                                         .offset = 0.1F,
                                         .factor = 1.2F}));
        const GradientStepRow step{.map = rows.row(0),
                                   .power = rows.row(4),
                                   .residual = rows.row(6),
                                   .measured = rows.row(2),
                                   .mask = rows.row(3),
                                   .next = rows.row(7),
                                   .columns = columns,
                                   .offset = 0.05F,
                                   .factor = 1.1F,
                                   .haadf_step = 0.4F,
                                   .chem_step = 0.1F,
                                   .background = 0.2F};
        std::vector<float>& steps = results.emplace_back();
        for (const auto& kernels_of_clip : kernels.gradient_step) {
            for (const auto& gradient_step : kernels_of_clip) {
                sums.push_back(gradient_step(step));
                steps.insert(steps.end(), rows.row(7), rows.row(7) + columns);
            }
        }
        const PaddedRows dual(8, columns);
        for (std::int64_t row = 0; row < 4; ++row) {
            std::copy_n(random.begin() + row * columns, columns, dual.row(row));
        }
        kernels.guided_step[1][0][1]({.image_below = dual.row(0),
                                      .extrapolated_y = dual.row(1),
                                      .extrapolated_x = dual.row(2),
                                      .extrapolated_y_below = dual.row(3),
                                      .extrapolated_x_below = dual.row(0),
                                      .old_y = dual.row(1),
                                      .old_x = dual.row(2),
                                      .primal = rows.row(4),
                                      .dual_y = rows.row(5),
                                      .dual_x = rows.row(6),
                                      .next_y = dual.row(4),
                                      .next_x = dual.row(5),
                                      .bound = 0.3F,
                                      .growth = 1.3F,
                                      .old_share = 0.2F,
                                      .step_y = fgp_step,
                                      .columns = columns,
                                      .guide_y = dual.row(3),
                                      .guide_x = dual.row(0),
                                      .turned_y = dual.row(2),
                                      .next_turned_y = dual.row(6),
                                      .next_turned_x = dual.row(7)});
        for (std::int64_t row = 4; row < 8; ++row) {
            steps.insert(steps.end(), dual.row(row), dual.row(row) + columns);
        }
        for (const bool isotropic : {false, true}) {
            const GradientNormRow norm{
                .image = rows.row(0), .image_below = rows.row(1), .columns = columns};
            sums.push_back(kernels.gradient_norm[static_cast<std::size_t>(isotropic)](norm));
        }
    }
    const std::size_t sums_per_level = sums.size() / levels.size();
    for (std::size_t level = 1; level < levels.size(); ++level) {
        for (std::size_t k = 0; k < results[0].size(); ++k) {
            CHECK(results[level][k] == doctest::Approx(results[0][k]).epsilon(1e-6).scale(1.0));
        }
        for (std::size_t k = 0; k < sums_per_level; ++k) {
            const double sum = sums[level * sums_per_level + k];
            CHECK(sum == doctest::Approx(sums[k]).epsilon(1e-6));
        }
    }
}
#endif
