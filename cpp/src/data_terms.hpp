// One row of the HAADF model and of the two data terms: values and gradient step.
#pragma once

#include "kernels/row_kernels.hpp"
#include "mmfusion/fusion_problem.hpp"
#include "padded_rows.hpp"

namespace mmfusion {

// One row of every map, starting at pixel `start` of the image.
struct RowOfMaps {
    const std::vector<const float*>& maps;
    std::int64_t start;
    std::int64_t columns;
};

class DataTerms {
public:
    DataTerms(const FusionProblem& problem, std::int64_t most_columns);

    // Computes and returns sum_i w_i x_i^gamma.
    const float* model(const RowOfMaps& row);
    // After `model`: Psi_1 of this row.
    double residual(const RowOfMaps& row);
    // After `residual`: writes x - length grad(lambda_H Psi_1 + lambda_chem Psi_2), clipped at 0 if
    // `clip`, of one map; returns Psi_2 of its row.
    double gradient_step(const RowOfMaps& row, std::int64_t map, float length, bool clip,
                         float* next);
    // Psi_2 of one map's row.
    double chem(const RowOfMaps& row, std::int64_t map);

private:
    const FusionProblem& problem_;
    const RowKernels& kernels_;
    PaddedRows powers_;  // x^(gamma - 1)
    PaddedRows model_;
    PaddedRows residual_;
    PaddedRows discarded_;
};

}  // namespace mmfusion
