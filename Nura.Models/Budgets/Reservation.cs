namespace Nura.Models;

/// <summary>An amount put aside for a call.</summary>
internal sealed class Reservation(IReadOnlyList<BudgetAccount.Period> periods, decimal amount, Guid lease)
{
    /// <summary>The lease whose grants it was taken from.</summary>
    public Guid Lease => lease;

    /// <summary>Replaces the reserved amount by what the call did cost.</summary>
    public void Settle(decimal cost)
    {
        foreach (var period in periods)
        {
            period.Settle(amount, cost);
        }
    }
}
