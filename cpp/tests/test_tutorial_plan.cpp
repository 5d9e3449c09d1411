#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "mmfusion/tutorial_plan.hpp"
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

TutorialPlan make_plan(const Sample& sample, const FusionOptions& options) {
    std::vector<WeightedMap> maps;
    maps.reserve(sample.maps.size());
    for (std::size_t map = 0; map < sample.maps.size(); ++map) {
        maps.push_back({{sample.maps[map].data(), 0.0F, 1.0F}, sample.weights[map]});
    }
    return TutorialPlan({sample.shape, {sample.haadf.data(), 0.0F, 1.0F}, maps, options});
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
    TutorialPlan plan = make_plan(sample, options);
    Found found;
    const auto pixels = static_cast<std::size_t>(sample.shape.pixels());
    found.haadf.resize(pixels);
    const std::shared_ptr<float> maps =
        plan.finish(n_iter, found.costs, nullptr, found.haadf.data());
    CHECK(found.costs.size() == static_cast<std::size_t>(n_iter));
    found.maps.assign(maps.get(), maps.get() + pixels * sample.maps.size());
    return found;
}

// The same in single steps, and the last of them when the maps are handed over.
Found step(const Sample& sample, const FusionOptions& options, int n_iter) {
    TutorialPlan plan = make_plan(sample, options);
    Found found;
    const auto pixels = static_cast<std::size_t>(sample.shape.pixels());
    found.maps.resize(pixels * sample.maps.size());
    found.haadf.resize(pixels);
    for (int iteration = 0; iteration < n_iter; ++iteration) {
        found.costs.push_back(plan.step(found.maps.data(), found.haadf.data()));
    }
    std::vector<float> haadf(pixels);
    std::vector<Costs> none;
    const std::shared_ptr<float> maps = plan.finish(0, none, nullptr, haadf.data());
    CHECK(none.empty());
    CHECK(haadf == found.haadf);
    CHECK(std::equal(found.maps.begin(), found.maps.end(), maps.get()));
    return found;
}

bool same(const Costs& a, const Costs& b) {
    return a.haadf == b.haadf && a.chem == b.chem && a.tv == b.tv;
}

bool operator==(const Found& a, const Found& b) {
    return a.maps == b.maps && a.haadf == b.haadf &&
           std::equal(a.costs.begin(), a.costs.end(), b.costs.begin(), b.costs.end(), same);
}

}  // namespace

TEST_CASE("a plan equals the schedule in double precision") {
    const Shape shapes[] = {{1, 1}, {1, 40}, {40, 1}, {19, 33}, {12, 1500}};
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

// Narrow images are fused in passes that pursue one another, wide ones of many maps in tiles.
TEST_CASE("any number of threads gives the same bits, in one run and step by step") {
    struct Case {
        Shape shape;
        std::size_t n;
        int n_iter_tv;
    };
    for (const Case& each : {Case{{200, 100}, 3, 6}, Case{{52, 1300}, 11, 2}}) {
        const Sample sample = make_sample(each.shape, each.n);
        const auto options = [&](int threads) {
            return options_for(TvKind::isotropic, each.n_iter_tv, threads);
        };
        const Found one = run(sample, options(1), 3);
        CHECK(step(sample, options(1), 3) == one);
        for (const int threads : {2, 3, 7}) {
            CAPTURE(threads);
            CHECK(run(sample, options(threads), 3) == one);
            CHECK(step(sample, options(threads), 3) == one);
        }
    }
}

TEST_CASE("before the first iteration the maps are the measured ones above the threshold") {
    const Sample sample = make_sample({9, 20}, 1);
    const Found found = run(sample, options_for(TvKind::isotropic, 3), 0);
    for (std::size_t k = 0; k < found.maps.size(); ++k) {
        const float b = sample.maps[0][k];
        CHECK(found.maps[k] == (b < 0.3F ? 0.0F : b));
    }
}

TEST_CASE("a stop ends a run after whole iterations, from another thread too") {
    struct Case {
        Shape shape;
        std::size_t n;
    };
    for (const Case& each : {Case{{100, 100}, 2}, Case{{60, 900}, 11}}) {
        for (const int threads : {1, 2, 3}) {
            const Sample sample = make_sample(each.shape, each.n);
            const FusionOptions options = options_for(TvKind::isotropic, 3, threads);
            TutorialPlan plan = make_plan(sample, options);
            StopFlag stop;
            Found found;
            stop.set();
            CHECK(plan.run(5, found.costs, &stop) == 0);
            CHECK(found.costs.empty());
            stop.clear();
            found.haadf.resize(sample.haadf.size());
            constexpr int many = 100000;
            std::thread stopper([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                stop.set();
            });
            const auto maps = plan.finish(many, found.costs, &stop, found.haadf.data());
            stopper.join();
            CHECK(found.costs.size() < many);
            found.maps.assign(maps.get(), maps.get() + each.n * sample.haadf.size());
            CHECK(run(sample, options, static_cast<int>(found.costs.size())) == found);
        }
    }
}
