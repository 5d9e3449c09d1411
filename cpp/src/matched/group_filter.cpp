#include "matched/group_filter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

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

double bessel_i0(double x) {
    double term = 1.0;
    double sum = 1.0;
    for (int k = 1; k < 20; ++k) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

// The window of Kaiser, which gives the rim of a block less weight: along a side, and of a block.
struct Window {
    std::array<float, block_side> side{};
    std::array<float, block_size> block{};

    Window() {
        constexpr double beta = 2.0;
        for (std::size_t k = 0; k < side.size(); ++k) {
            const double place = 2.0 * static_cast<double>(k) / (block_side - 1) - 1.0;
            side[k] = static_cast<float>(bessel_i0(beta * std::sqrt(1.0 - place * place)) /
                                         bessel_i0(beta));
        }
        for (std::size_t k = 0; k < block.size(); ++k) {
            block[k] = side[k / block_side] * side[k % block_side];
        }
    }
};

const Window& window() {
    static const Window computed;
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
        blocks_ = pass.matches->group(row, column, pass.stride, starts_);
        gather(pass.noisy, pass.stride, group_.get());
        const float weight = pass.pilot == nullptr ? first_estimate(pass) : second_estimate(pass);
        block_kernels().inverse(group_.get(), blocks_);
        for (std::int64_t k = 0; k < blocks_; ++k) {
            block_kernels().add(group_.get() + k * block_size, window().block.data(), weight,
                                pass.stride, pass.sums + starts_[k]);
            pass.weights[starts_[k]] += weight;
        }
    }
}

float GroupFilter::first_estimate(const GroupPass& pass) {
    block_kernels().transform(group_.get(), blocks_);
    const float deviation = std::sqrt(variance_in(group_.get(), blocks_, pass.strength));
    return 1.0F / block_kernels().threshold(group_.get(), blocks_, threshold * deviation);
}

float GroupFilter::second_estimate(const GroupPass& pass) {
    gather(pass.pilot, pass.stride, pilot_.get());
    block_kernels().transform(group_.get(), blocks_);
    block_kernels().transform(pilot_.get(), blocks_);
    const float power = block_kernels().shrink(group_.get(), pilot_.get(), blocks_,
                                               variance_in(pilot_.get(), blocks_, pass.strength));
    return 1.0F / std::max(power, smallest_power);
}

void GroupFilter::gather(const float* image, std::int64_t stride, float* group) const {
    for (std::int64_t k = 0; k < blocks_; ++k) {
        block_kernels().copy(image + starts_[k], stride, group + k * block_size);
    }
}

void divide_by_weights(const GroupPass& pass, Shape shape, std::int64_t row) {
    const Window& kaiser = window();
    std::vector<float> along(static_cast<std::size_t>(shape.columns + block_side));
    for (std::int64_t y = 0; y < block_side; ++y) {
        const std::int64_t start = row - y;
        if (start < 0 || start > shape.rows - block_side) {
            continue;
        }
        const float share = kaiser.side[static_cast<std::size_t>(y)];
        for (std::int64_t column = 0; column <= shape.columns - block_side; ++column) {
            along[static_cast<std::size_t>(column + block_side)] +=
                share * pass.weights[start * pass.stride + column];
        }
    }
    float* sums = pass.sums + row * pass.stride;
    for (std::int64_t column = 0; column < shape.columns; ++column) {
        float weight = 0.0F;
        for (std::int64_t x = 0; x < block_side; ++x) {
            weight += kaiser.side[static_cast<std::size_t>(x)] *
                      along[static_cast<std::size_t>(column + block_side - x)];
        }
        sums[column] /= weight;
    }
}

}  // namespace mmfusion
