#include "sample.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "reference.hpp"

using namespace mmfusion;

Sample::Sample(Shape size, std::size_t n)
    : shape(size), haadf(reference::random_pixels(size.pixels(), 31)) {
    for (std::size_t map = 0; map < n; ++map) {
        maps.push_back(reference::random_pixels(shape.pixels(), 32 + map));
        weights.push_back(0.5F + 0.25F * static_cast<float>(map));
    }
}

FusionProblem Sample::problem(const FusionOptions& options) const {
    FusionProblem problem{
        .shape = shape, .haadf = {.data = haadf.data()}, .maps = {}, .options = options};
    for (std::size_t map = 0; map < maps.size(); ++map) {
        problem.maps.push_back({.image = {.data = maps[map].data()}, .weight = weights[map]});
    }
    return problem;
}

bool operator==(const Outcome& a, const Outcome& b) {
    const auto same = [](const Costs& one, const Costs& other) {
        return one.haadf == other.haadf && one.chem == other.chem && one.tv == other.tv;
    };
    return a.maps == b.maps && a.haadf == b.haadf &&
           std::equal(a.costs.begin(), a.costs.end(), b.costs.begin(), b.costs.end(), same);
}

Outcome finish(Solver& solver, int n_iter, const StopFlag* stop) {
    Outcome outcome;
    outcome.haadf.resize(static_cast<std::size_t>(solver.problem().shape.pixels()));
    const auto maps = solver.finish(n_iter, outcome.costs, stop, outcome.haadf.data());
    outcome.maps.assign(maps.get(), maps.get() + solver.problem().values());
    return outcome;
}

Outcome step(Solver& solver, int n_iter) {
    Outcome outcome;
    outcome.maps.resize(static_cast<std::size_t>(solver.problem().values()));
    outcome.haadf.resize(static_cast<std::size_t>(solver.problem().shape.pixels()));
    for (int iteration = 0; iteration < n_iter; ++iteration) {
        outcome.costs.push_back(solver.step(outcome.maps.data(), outcome.haadf.data()));
    }
    const Outcome last = finish(solver, 0);
    CHECK(last.costs.empty());
    CHECK(last.maps == outcome.maps);
    CHECK(last.haadf == outcome.haadf);
    return outcome;
}
