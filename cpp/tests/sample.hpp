// Random images to fuse, and what a solver makes of them.
#pragma once

#include <cstdint>
#include <vector>

#include "mmfusion/solver.hpp"

struct Sample {
    Sample(mmfusion::Shape size, std::size_t n);

    // Reads this sample.
    [[nodiscard]] mmfusion::FusionProblem problem(const mmfusion::FusionOptions& options) const;

    mmfusion::Shape shape;
    std::vector<float> haadf;
    std::vector<std::vector<float>> maps;
    std::vector<float> weights;
};

struct Outcome {
    std::vector<float> maps;
    std::vector<float> haadf;
    std::vector<mmfusion::Costs> costs;
};

bool operator==(const Outcome& a, const Outcome& b);

// All iterations in one call.
Outcome finish(mmfusion::Solver& solver, int n_iter, const mmfusion::StopFlag* stop = nullptr);
// The same in single steps; `finish` without iterations must then give the same images.
Outcome step(mmfusion::Solver& solver, int n_iter);
