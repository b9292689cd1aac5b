"""Linear algebra of the primary procedure, in an order of its own, so that a single series never meets BLAS."""

import numpy as np


def product(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return rows (N, n) times the transpose of columns (m, n); without BLAS for a single series."""
    return np.einsum("in,jn->ij", rows, columns) if len(rows) == 1 else rows @ columns.T


def project(Y: np.ndarray, basis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates (N, k) of Y (N, n) in the basis (n, k) and residuals (N, n), cleaned once of rounding."""
    fitted = product(Y, basis.T)
    residuals = Y - product(fitted, basis)
    again = product(residuals, basis.T)
    return fitted + again, residuals - product(again, basis)


def orthonormalise(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an orthonormal basis (n, k) of the columns of X and the triangle `back` (k, k) with basis = X back.

    Gram-Schmidt, each column cleaned twice (Giraud, Langou and Rozloznik 2005: twice is enough).
    """
    k = X.shape[1]
    basis, back = np.zeros_like(X), np.zeros((k, k))
    for j in range(k):
        column, combination = X[:, j].copy(), np.zeros(k)
        combination[j] = 1.0
        for _ in range(2):
            shares = np.einsum("ni,n->i", basis[:, :j], column)
            column -= np.einsum("ni,i->n", basis[:, :j], shares)
            combination -= np.einsum("ki,i->k", back[:, :j], shares)
        norm = np.sqrt(np.sum(column**2))
        if norm <= 1e-10 * np.sqrt(np.sum(X[:, j] ** 2)):
            raise ValueError(
                f"column {j + 1} of the design follows from those before it: their effects cannot be told apart "
                "(the design is not of full rank); leave one out or add points"
            )
        basis[:, j], back[:, j] = column / norm, combination / norm
    return basis, back


def inverse_root(cross: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the inverse (G, k, k) of the Cholesky factor of each matrix in cross, and each log determinant (G,)."""
    k = cross.shape[1]
    lower, root = np.zeros_like(cross), np.zeros_like(cross)
    for j in range(k):
        below = cross[:, j:, j] - np.einsum("gim,gm->gi", lower[:, j:, :j], lower[:, j, :j])
        lower[:, j:, j] = below / np.sqrt(below[:, :1])
        root[:, j, j] = 1 / lower[:, j, j]
        root[:, j, :j] = -np.einsum("gm,gmi->gi", lower[:, j, :j], root[:, :j, :j]) * root[:, j, j][:, None]
    return root, 2 * np.sum(np.log(np.diagonal(lower, axis1=1, axis2=2)), axis=1)
