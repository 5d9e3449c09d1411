// Every instruction set gives the baseline's result.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/levels.hpp"
#include "mmfusion/simd_level.hpp"
#include "padded_rows.hpp"
#include "reference.hpp"

using namespace mmfusion;

TEST_CASE("the level in use is one of those available") {
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
        PowerRow power{rows.row(0), rows.row(4), rows.row(5), columns, 1.6F, 0.7F, true};
        kernels.power(power);
        ResidualRow residual{rows.row(5), rows.row(1), rows.row(6), columns, 0.1F, 1.2F};
        sums.push_back(kernels.residual(residual));
        GradientStepRow step{rows.row(0), rows.row(4), rows.row(6), rows.row(2),
                             rows.row(3), rows.row(7), columns,     0.05F,
                             1.1F,        0.4F,        0.1F,        0.2F};
        std::vector<float>& steps = results.emplace_back();
        for (const auto& kernels_of_clip : kernels.gradient_step) {
            for (const auto& gradient_step : kernels_of_clip) {
                sums.push_back(gradient_step(step));
                steps.insert(steps.end(), rows.row(7), rows.row(7) + columns);
            }
        }
        for (const bool isotropic : {false, true}) {
            GradientNormRow norm{rows.row(0), rows.row(1), columns};
            sums.push_back(kernels.gradient_norm[static_cast<std::size_t>(isotropic)](norm));
        }
    }
    const std::size_t sums_of_a_level = sums.size() / levels.size();
    for (std::size_t level = 1; level < levels.size(); ++level) {
        for (std::size_t k = 0; k < results[0].size(); ++k) {
            CHECK(results[level][k] == doctest::Approx(results[0][k]).epsilon(1e-6));
        }
        for (std::size_t k = 0; k < sums_of_a_level; ++k) {
            const double sum = sums[level * sums_of_a_level + k];
            CHECK(sum == doctest::Approx(sums[k]).epsilon(1e-6));
        }
    }
}
#endif
