// Fuses two noisy maps with their HAADF image in C++ alone: no Python, no files.
#include <cmath>
#include <cstdio>
#include <exception>
#include <memory>
#include <random>
#include <vector>

#include "mmfusion/fusion_problem.hpp"
#include "mmfusion/tutorial_plan.hpp"

namespace {

constexpr mmfusion::Shape shape{.rows = 64, .columns = 96};
constexpr double counts = 10.0;  // at the brightest pixel
constexpr float gamma = 1.6F;
constexpr float light = 0.5F;  // weights of the two elements, as from their atomic numbers
constexpr float heavy = 1.5F;

using Image = std::vector<float>;

// A disc (radius in pixels) in the middle of the image, 1 inside and 0 outside.
Image disc(double radius) {
    Image image;
    for (std::int64_t y = 0; y < shape.rows; ++y) {
        for (std::int64_t x = 0; x < shape.columns; ++x) {
            const double distance =
                std::hypot(static_cast<double>(y) - 31.5, static_cast<double>(x) - 47.5);
            image.push_back(distance < radius ? 1.0F : 0.0F);
        }
    }
    return image;
}

// What a detector would count, in units of the brightest pixel.
Image measure(const Image& truth, std::mt19937& generator) {
    Image counted;
    for (const float value : truth) {
        std::poisson_distribution<int> count(counts * static_cast<double>(value) + 1e-9);
        counted.push_back(static_cast<float>(count(generator) / counts));
    }
    return counted;
}

double error(const float* image, const Image& truth) {
    double sum = 0.0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        sum += std::pow(static_cast<double>(image[i] - truth[i]), 2);
    }
    return std::sqrt(sum / static_cast<double>(truth.size()));
}

void fuse() {
    std::mt19937 generator(0);
    const Image core = disc(12.0);
    const Image particle = disc(24.0);
    const Image measured_core = measure(core, generator);
    const Image measured_particle = measure(particle, generator);
    Image haadf;
    for (std::size_t i = 0; i < core.size(); ++i) {
        haadf.push_back(heavy * core[i] + light * particle[i]);
    }

    const mmfusion::FusionProblem problem{
        .shape = shape,
        .haadf = {.data = haadf.data()},
        .maps = {{.image = {.data = measured_core.data()}, .weight = heavy},
                 {.image = {.data = measured_particle.data()}, .weight = light}},
        .options = {.gamma = gamma,
                    .lambda_haadf = 0.25F,
                    .lambda_chem = 0.02F,
                    .lambda_tv = 0.05F,
                    .background = 0.01F,
                    .n_iter_tv = 3,
                    .threads = 2},
    };
    const std::unique_ptr<mmfusion::Solver> solver = mmfusion::make_tutorial_plan(problem);
    std::vector<mmfusion::Costs> costs;
    Image model(core.size());
    const std::shared_ptr<float> maps = solver->finish(30, costs, nullptr, model.data());

    std::printf("HAADF cost: %.3g after 1 iteration, %.3g after %zu\n", costs.front().haadf,
                costs.back().haadf, costs.size());
    std::printf("error of the core's map: %.3f measured, %.3f fused\n",
                error(measured_core.data(), core), error(maps.get(), core));
    std::printf("error of the particle's map: %.3f measured, %.3f fused\n",
                error(measured_particle.data(), particle),
                error(maps.get() + shape.pixels(), particle));
}

}  // namespace

int main() {
    try {
        fuse();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "error: %s\n", failure.what());
        return 1;
    }
    return 0;
}
