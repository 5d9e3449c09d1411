// The inner loops, over one row each, compiled once per instruction set. The rest of the library
// calls them through this table of function pointers.
//
// Padded rows have `row_margin` zeros before them. Behind their end, rounded up to a multiple of
// `row_step`, they have `row_overrun` floats: the TV kernels have no tail loop and may run past it.
#pragma once

#include <cstdint>

namespace mmfusion {

inline constexpr std::int64_t row_step = 16;     // floats; a multiple of every vector width
inline constexpr std::int64_t row_margin = 16;   // floats before a padded row
inline constexpr std::int64_t row_overrun = 32;  // floats behind it that a kernel may touch

// The dual step of FGP; 8 bounds the squared norm of the discrete gradient.
inline constexpr float fgp_step = 1.0F / 8.0F;

// u = b - L(r), L(r) = r_y - r_y(row above) + r_x - r_x(column to the left).
struct PrimalRow {
    const float* image;
    const float* dual_y_above;
    const float* dual_y;
    const float* dual_x;
    float* primal;
    std::int64_t columns;
};

// One dual step in one row, p' = P(r + G(u) / 8) and r' = p' + momentum (p' - p). Dual variables
// are multiplied by lambda and lie in [-lambda, lambda]. Rows of duals hold growth p', which saves
// a few operations: r' is growth p' - old_share (the old row). A step without momentum, such as the
// first and the last, has growth 1. `primal` is overwritten with the primal of the row below.
struct DualStepRow {
    const float* image_below;
    const float* extrapolated_y;
    const float* extrapolated_x;
    const float* extrapolated_y_below;
    const float* extrapolated_x_below;
    const float* old_y;
    const float* old_x;
    float* primal;
    float* dual_y;
    float* dual_x;
    float* next_y;  // r'; not written by kernels without momentum
    float* next_x;
    float bound;      // lambda
    float growth;     // 1 + momentum, momentum = (t - 1) / t'
    float old_share;  // momentum / growth of the step before
    float step_y;     // fgp_step, or 0 in the last row, where the gradient along y is 0
    std::int64_t columns;
};

using PrimalKernel = void (*)(const PrimalRow&);
using DualStepKernel = void (*)(const DualStepRow&);

// Sum over the row of |grad u|, with differences to the row below and the column to the right. Rows
// are padded and one sample longer than `columns`; at the far edge it is a copy of the last.
struct GradientNormRow {
    const float* image;
    const float* image_below;  // the row itself at the far edge
    std::int64_t columns;
};

// power = x^(gamma - 1); model = weight x power, added to the model of earlier maps.
struct PowerRow {
    const float* map;
    float* power;
    float* model;
    std::int64_t columns;
    float gamma;
    float weight;
    bool first;
};

// residual = model - normalised HAADF; returns its sum of squares.
struct ResidualRow {
    const float* model;
    const float* haadf;
    float* residual;
    std::int64_t columns;
    float offset;
    float factor;
};

// The gradient step on both data terms; returns sum x - b log(x + eps).
struct GradientStepRow {
    const float* map;
    const float* power;
    const float* residual;
    const float* measured;
    const float* mask;  // of the chemical term; only masked kernels read it
    float* next;        // may be `map`
    std::int64_t columns;
    float offset;
    float factor;
    float haadf_step;  // lambda_H gamma weight
    float chem_step;   // lambda_chem
    float background;
};

using GradientStepKernel = double (*)(const GradientStepRow&);

// max(0, image + momentum (image - before)).
struct ExtrapolateRow {
    const float* image;
    const float* before;
    float* result;
    std::int64_t columns;
    float momentum;
};

// The normalised map, with values below the threshold set to 0.
struct NormaliseRow {
    const float* measured;
    float* map;
    std::int64_t columns;
    float offset;
    float factor;
    float threshold;
};

struct RowKernels {
    PrimalKernel primal[2];                // [nonnegative]
    DualStepKernel dual_step[2][2][2][2];  // [isotropic][nonnegative][from zero][with momentum]
    double (*gradient_norm[2])(const GradientNormRow&);  // [isotropic]
    void (*power)(const PowerRow&);
    double (*residual)(const ResidualRow&);
    GradientStepKernel gradient_step[2][2];  // [clipped at 0][masked]
    void (*extrapolate)(const ExtrapolateRow&);
    void (*normalise)(const NormaliseRow&);
};

// The table of the level in use.
const RowKernels& row_kernels();

}  // namespace mmfusion
