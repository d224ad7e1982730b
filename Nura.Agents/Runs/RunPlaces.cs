using Nura.Contracts;

namespace Nura.Agents.Runs;

/// <summary>Counts the runs that work in this process, all of them and each key's.</summary>
internal sealed class RunPlaces(AgentsOptions options)
{
    private readonly Dictionary<Guid, int> _byHolder = [];
    private readonly Lock _lock = new();
    private int _taken;

    /// <summary>Takes a place.</summary>
    /// <param name="holder">Whose run it is; <see langword="null"/> for nobody's in particular.</param>
    /// <exception cref="ProblemException">429: there is none left, or this key has its share.</exception>
    public void Take(Guid? holder)
    {
        lock (_lock)
        {
            if (_taken >= options.MaxRuns)
            {
                throw new ProblemException(StatusCodes.Status429TooManyRequests, "Too many runs work at this moment.", "Try again in a few seconds.");
            }

            if (holder is { } key)
            {
                var own = _byHolder.GetValueOrDefault(key);
                if (own >= options.MaxRunsPerKey)
                {
                    throw new ProblemException(
                        StatusCodes.Status429TooManyRequests, "Too many runs of this key work at this moment.",
                        $"At most {own} may. Try again when one has ended, or stop one; an administrator can raise {AgentsOptions.Section}:{nameof(AgentsOptions.MaxRunsPerKey)}.");
                }

                _byHolder[key] = own + 1;
            }

            _taken++;
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="holder">Whose run it was.</param>
    public void GiveBack(Guid? holder)
    {
        lock (_lock)
        {
            _taken--;
            if (holder is { } key && --_byHolder[key] == 0)
            {
                _byHolder.Remove(key);
            }
        }
    }
}
