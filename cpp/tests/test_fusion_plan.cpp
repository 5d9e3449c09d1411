#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include "mmfusion/fusion_plan.hpp"
#include "reference.hpp"

using namespace mmfusion;

namespace {

struct Sample {
    Shape shape;
    std::vector<float> haadf;
    std::vector<std::vector<float>> maps;
    std::vector<float> weights;
};

Sample make_sample(Shape shape, std::size_t n) {
    Sample sample{shape, reference::random_pixels(shape.pixels(), 11), {}, {}};
    for (std::size_t map = 0; map < n; ++map) {
        sample.maps.push_back(reference::random_pixels(shape.pixels(), 12 + map));
        sample.weights.push_back(0.4F + 0.3F * static_cast<float>(map));
    }
    return sample;
}

FusionOptions options_for(TvKind kind, int n_iter_tv, int threads = 1) {
    FusionOptions options;
    options.gamma = 1.6F;
    options.lambda_haadf = 0.3F;
    options.lambda_chem = 0.05F;
    options.lambda_tv = 0.1F;
    options.background = 0.2F;
    options.threshold = 0.3F;
    options.n_iter_tv = n_iter_tv;
    options.tv = kind;
    options.threads = threads;
    return options;
}

FusionPlan make_plan(const Sample& sample, const FusionOptions& options) {
    std::vector<WeightedMap> maps;
    maps.reserve(sample.maps.size());
    for (std::size_t map = 0; map < sample.maps.size(); ++map) {
        maps.push_back({{sample.maps[map].data(), 0.0F, 1.0F}, sample.weights[map]});
    }
    return {sample.shape, {sample.haadf.data(), 0.0F, 1.0F}, maps, options};
}

struct Outcome {
    std::vector<reference::Image> maps;
    std::vector<double> haadf;
    Costs costs;
};

// The same schedule, pixel by pixel.
Outcome expected(const Sample& sample, const FusionOptions& options, int n_iter) {
    const auto pixels = static_cast<std::size_t>(sample.shape.pixels());
    Outcome out{{}, std::vector<double>(pixels), {}};
    for (const std::vector<float>& map : sample.maps) {
        out.maps.push_back(reference::as_image(map, sample.shape));
        for (double& x : out.maps.back().data) {
            x = x < static_cast<double>(options.threshold) ? 0.0 : x;
        }
    }
    const double gamma = options.gamma;
    const auto model = [&](std::size_t k) {
        double sum = 0.0;
        for (std::size_t map = 0; map < out.maps.size(); ++map) {
            sum +=
                static_cast<double>(sample.weights[map]) * std::pow(out.maps[map].data[k], gamma);
        }
        return sum;
    };
    for (int iteration = 0; iteration < n_iter; ++iteration) {
        for (std::size_t k = 0; k < pixels; ++k) {
            const double residual = model(k) - static_cast<double>(sample.haadf[k]);
            for (std::size_t map = 0; map < out.maps.size(); ++map) {
                double& x = out.maps[map].data[k];
                const double b = sample.maps[map][k];
                const double haadf_gradient = gamma * std::pow(x, gamma - 1.0) *
                                              static_cast<double>(sample.weights[map]) * residual;
                const double chem_gradient =
                    1.0 - b / (x + static_cast<double>(options.background));
                x = std::max(0.0, x - static_cast<double>(options.lambda_haadf) * haadf_gradient -
                                      static_cast<double>(options.lambda_chem) * chem_gradient);
            }
        }
        for (reference::Image& map : out.maps) {
            map = reference::tv_prox(map, options.lambda_tv, options.n_iter_tv, options.tv, true);
        }
    }
    for (std::size_t k = 0; k < pixels; ++k) {
        out.haadf[k] = model(k);
        const double residual = out.haadf[k] - static_cast<double>(sample.haadf[k]);
        out.costs.haadf += 0.5 * residual * residual;
    }
    for (std::size_t map = 0; map < out.maps.size(); ++map) {
        for (std::size_t k = 0; k < pixels; ++k) {
            const double x = out.maps[map].data[k];
            out.costs.chem += x - static_cast<double>(sample.maps[map][k]) *
                                      std::log(x + static_cast<double>(options.background));
        }
        out.costs.tv += reference::tv_norm(out.maps[map], options.tv);
    }
    return out;
}

struct Found {
    std::vector<float> maps;
    std::vector<float> haadf;
    std::vector<Costs> costs;
};

Found run(const Sample& sample, const FusionOptions& options, int n_iter) {
    FusionPlan plan = make_plan(sample, options);
    Found found;
    const auto pixels = static_cast<std::size_t>(sample.shape.pixels());
    found.haadf.resize(pixels);
    CHECK(plan.run(n_iter, found.costs) == n_iter);
    const std::shared_ptr<float> maps = plan.take_maps(found.haadf.data());
    found.maps.assign(maps.get(), maps.get() + pixels * sample.maps.size());
    return found;
}

bool operator==(const Costs& a, const Costs& b) {
    return a.haadf == b.haadf && a.chem == b.chem && a.tv == b.tv;
}

}  // namespace

TEST_CASE("a plan equals the schedule in double precision") {
    const Shape shapes[] = {{1, 1}, {1, 40}, {40, 1}, {19, 33}, {50, 1500}};
    for (const Shape shape : shapes) {
        for (const std::size_t n : {1U, 2U, 11U}) {
            for (const TvKind kind : {TvKind::isotropic, TvKind::anisotropic}) {
                for (const int n_iter_tv : {0, 1, 4}) {
                    CAPTURE(shape.rows);
                    CAPTURE(shape.columns);
                    CAPTURE(n);
                    CAPTURE(n_iter_tv);
                    const Sample sample = make_sample(shape, n);
                    const FusionOptions options = options_for(kind, n_iter_tv);
                    const Outcome wanted = expected(sample, options, 3);
                    const Found found = run(sample, options, 3);
                    std::vector<double> maps;
                    for (const reference::Image& map : wanted.maps) {
                        maps.insert(maps.end(), map.data.begin(), map.data.end());
                    }
                    CHECK(reference::relative_distance(found.maps, maps) < 1e-6);
                    CHECK(reference::relative_distance(found.haadf, wanted.haadf) < 1e-6);
                    const Costs& last = found.costs.back();
                    CHECK(last.haadf == doctest::Approx(wanted.costs.haadf).epsilon(1e-5));
                    CHECK(last.chem == doctest::Approx(wanted.costs.chem).epsilon(1e-5));
                    CHECK(last.tv == doctest::Approx(wanted.costs.tv).epsilon(1e-5));
                }
            }
        }
    }
}

TEST_CASE("any number of threads gives the same bits") {
    const Sample sample = make_sample({400, 130}, 3);
    const Found one = run(sample, options_for(TvKind::isotropic, 3), 5);
    for (const int threads : {2, 3, 7}) {
        const Found many = run(sample, options_for(TvKind::isotropic, 3, threads), 5);
        CHECK(many.maps == one.maps);
        CHECK(many.haadf == one.haadf);
        CHECK(std::equal(many.costs.begin(), many.costs.end(), one.costs.begin(),
                         [](const Costs& a, const Costs& b) { return a == b; }));
    }
}

TEST_CASE("stepping hands out what taking hands over") {
    const Sample sample = make_sample({60, 70}, 2);
    FusionPlan plan = make_plan(sample, options_for(TvKind::isotropic, 3));
    std::vector<float> maps(static_cast<std::size_t>(2 * sample.shape.pixels()));
    std::vector<float> haadf(static_cast<std::size_t>(sample.shape.pixels()));
    Costs costs;
    for (int iteration = 0; iteration < 4; ++iteration) {
        costs = plan.step(maps.data(), haadf.data());
    }
    const Found found = run(sample, options_for(TvKind::isotropic, 3), 4);
    CHECK(found.maps == maps);
    CHECK(found.haadf == haadf);
    CHECK(found.costs.back() == costs);
}

TEST_CASE("before the first iteration the maps are the measured ones above the threshold") {
    const Sample sample = make_sample({9, 20}, 1);
    const Found found = run(sample, options_for(TvKind::isotropic, 3), 0);
    for (std::size_t k = 0; k < found.maps.size(); ++k) {
        const float b = sample.maps[0][k];
        CHECK(found.maps[k] == (b < 0.3F ? 0.0F : b));
    }
}

TEST_CASE("a stop ends a run between two iterations, from another thread too") {
    const Sample sample = make_sample({300, 300}, 2);
    FusionPlan plan = make_plan(sample, options_for(TvKind::isotropic, 3, 2));
    StopFlag stop;
    std::vector<Costs> costs;
    stop.set();
    CHECK(plan.run(5, costs, &stop) == 0);
    CHECK(costs.empty());
    stop.clear();
    std::thread stopper([&] { stop.set(); });
    const int done = plan.run(1000000, costs, &stop);
    stopper.join();
    CHECK(done < 1000000);
    CHECK(costs.size() == static_cast<std::size_t>(done));
}
