#include "matched/group_filter.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/block_kernels.hpp"
#include "matched/anscombe.hpp"

namespace mmfusion {
namespace {

// The threshold, in standard deviations of the noise. With 2 to 10 counts a larger one than the 2.7
// of the paper is nearer to the truth: values of the groups, up to 64 blocks, are seldom signal.
constexpr float threshold = 3.6F;
// Below about a count the noise of transformed counts is less than 1, but that of single pixels of
// a group differs.
constexpr float smallest_variance = 0.2F;
constexpr float smallest_power = 1e-2F;  // of the weights of a group without signal
constexpr float smallest_noise = 1e-10F;

using Window = std::array<float, block_size>;

double bessel_i0(double x) {
    double term = 1.0;
    double sum = 1.0;
    for (int k = 1; k < 20; ++k) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

// The window of Kaiser, which gives the rim of a block less weight.
Window make_window() {
    constexpr double beta = 2.0;
    std::array<double, block_side> side{};
    for (std::size_t k = 0; k < side.size(); ++k) {
        const double place = 2.0 * static_cast<double>(k) / (block_side - 1) - 1.0;
        side[k] = bessel_i0(beta * std::sqrt(1.0 - place * place)) / bessel_i0(beta);
    }
    Window window{};
    for (std::size_t k = 0; k < window.size(); ++k) {
        window[k] = static_cast<float>(side[k / block_side] * side[k % block_side]);
    }
    return window;
}

const Window& window() {
    static const Window computed = make_window();
    return computed;
}

// The variance of the noise in a transformed group, from its mean.
float variance_in(const float* group, std::int64_t blocks, float strength) {
    const float mean = group[0] / std::sqrt(static_cast<float>(blocks * block_size));
    const float variance = std::max(variance_of_anscombe(mean), smallest_variance);
    return std::max(variance * strength * strength, smallest_noise);
}

}  // namespace

GroupFilter::GroupFilter()
    : group_(make_buffer(most_matches * block_size)),
      pilot_(make_buffer(most_matches * block_size)) {}

void GroupFilter::add_row(const GroupPass& pass, std::int64_t row) {
    for (std::int64_t column = 0; column < pass.matches->columns().size(); ++column) {
        blocks_ = pass.matches->group(row, column, starts_);
        gather(pass.noisy, pass.columns, group_.get());
        const float weight = pass.pilot == nullptr ? first_estimate(pass) : second_estimate(pass);
        block_kernels().inverse(group_.get(), blocks_);
        for (std::int64_t k = 0; k < blocks_; ++k) {
            block_kernels().add(group_.get() + k * block_size, window().data(), weight,
                                pass.columns, pass.sums + starts_[k], pass.weights + starts_[k]);
        }
    }
}

float GroupFilter::first_estimate(const GroupPass& pass) {
    block_kernels().transform(group_.get(), blocks_);
    const float deviation = std::sqrt(variance_in(group_.get(), blocks_, pass.strength));
    return 1.0F / block_kernels().threshold(group_.get(), blocks_, threshold * deviation);
}

float GroupFilter::second_estimate(const GroupPass& pass) {
    gather(pass.pilot, pass.columns, pilot_.get());
    block_kernels().transform(group_.get(), blocks_);
    block_kernels().transform(pilot_.get(), blocks_);
    const float power = block_kernels().shrink(group_.get(), pilot_.get(), blocks_,
                                               variance_in(pilot_.get(), blocks_, pass.strength));
    return 1.0F / std::max(power, smallest_power);
}

void GroupFilter::gather(const float* image, std::int64_t columns, float* group) const {
    for (std::int64_t k = 0; k < blocks_; ++k) {
        for (std::int64_t y = 0; y < block_side; ++y) {
            std::copy_n(image + starts_[k] + y * columns, block_side,
                        group + k * block_size + y * block_side);
        }
    }
}

}  // namespace mmfusion
