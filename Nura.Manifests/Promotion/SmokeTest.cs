using System.Globalization;

namespace Nura.Manifests.Promotion;

/// <summary>Asks a deployed stage a few questions from outside; every one must be answered well before it counts as verified.</summary>
internal static class SmokeTest
{
    private const int Attempts = 3;

    /// <returns>What was seen, as evidence.</returns>
    /// <exception cref="ManifestToolException">An address did not answer with a 2xx.</exception>
    public static async Task<string> RunAsync(IReadOnlyList<Uri> addresses, HttpClient http, TimeProvider time, CancellationToken cancellationToken)
    {
        var seen = new List<string>();
        foreach (var address in addresses)
        {
            var started = time.GetTimestamp();
            for (var attempt = 1; ; attempt++)
            {
                var failure = await AskAsync(address, http, cancellationToken);
                if (failure is null)
                {
                    break;
                }

                if (attempt == Attempts)
                {
                    throw new ManifestToolException($"Smoke test failed {Attempts} times: {address} {failure}. The release stays unverified.");
                }

                await Task.Delay(TimeSpan.FromSeconds(attempt), time, cancellationToken);
            }

            seen.Add(string.Create(CultureInfo.InvariantCulture, $"{address.AbsolutePath} ok in {time.GetElapsedTime(started).TotalMilliseconds:F0} ms"));
        }

        return "smoke: " + string.Join(", ", seen);
    }

    private static async Task<string?> AskAsync(Uri address, HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(address, cancellationToken);
            return response.IsSuccessStatusCode ? null : $"answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return $"did not answer: {exception.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "did not answer in time";
        }
    }
}
