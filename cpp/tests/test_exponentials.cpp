// The kernel's x^(gamma - 1) and x^gamma against the C library in double precision.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "kernels/row_kernels.hpp"
#include "padded_rows.hpp"
#include "reference.hpp"

using namespace mmfusion;

namespace {

constexpr std::int64_t count = 1 << 16;

struct Powers {
    std::vector<float> power;  // x^(gamma - 1)
    std::vector<float> model;  // x^gamma
};

Powers powers_of(const std::vector<float>& x, float gamma) {
    const auto columns = static_cast<std::int64_t>(x.size());
    const PaddedRows rows(3, columns);
    std::copy(x.begin(), x.end(), rows.row(0));
    const PowerRow row{.map = rows.row(0),
                       .power = rows.row(1),
                       .model = rows.row(2),
                       .columns = columns,
                       .gamma = gamma,
                       .weight = 1.0F,
                       .first = true};
    row_kernels().power(row);
    return {.power = {row.power, row.power + columns}, .model = {row.model, row.model + columns}};
}

double worst_error(const std::vector<float>& powers, const std::vector<float>& x, double exponent) {
    double worst = 0.0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        const double expected = std::pow(static_cast<double>(x[k]), exponent);
        worst = std::max(worst, std::abs(static_cast<double>(powers[k]) / expected - 1.0));
    }
    return worst;
}

}  // namespace

TEST_CASE("powers are right to 2e-7 from 1e-12 to 10") {
    // Evenly spaced logarithms, moved off the single-precision grid at random.
    const std::vector<float> random = reference::random_pixels(count, 10);
    std::vector<float> x(static_cast<std::size_t>(count));
    for (std::size_t k = 0; k < x.size(); ++k) {
        const double place = (static_cast<double>(k) + static_cast<double>(random[k])) / count;
        x[k] = static_cast<float>(std::pow(10.0, -12.0 + 13.0 * place));
    }
    for (const float gamma : {1.0F, 1.001F, 1.25F, 1.4F, 1.6F, 1.7F, 1.999F, 2.0F}) {
        CAPTURE(gamma);
        const Powers result = powers_of(x, gamma);
        const auto exponent = static_cast<double>(gamma - 1.0F);
        CHECK(worst_error(result.power, x, exponent) <= 2e-7);
        CHECK(worst_error(result.model, x, exponent + 1.0) <= 2.4e-7);
    }
}

TEST_CASE("powers of 0, 1 and denormal numbers") {
    const std::vector<float> x{0.0F, 1.0F, 1e-40F, 0.0F, 1.0F};
    for (const float gamma : {1.4F, 1.6F, 2.0F}) {
        const Powers result = powers_of(x, gamma);
        CHECK(result.power[0] == 0.0F);
        CHECK(result.model[0] == 0.0F);
        CHECK(result.power[1] == doctest::Approx(1.0));
        CHECK(result.model[1] == doctest::Approx(1.0));
        CHECK(result.power[2] <= 1e-15F);
    }
    const Powers linear = powers_of(x, 1.0F);
    CHECK(linear.power[0] == 1.0F);  // 0^0 = 1: the gradient of the linear model at 0
    CHECK(linear.model[0] == 0.0F);
}
