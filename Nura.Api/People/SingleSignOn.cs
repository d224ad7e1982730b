using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Nura.Api.Audit;
using Nura.Api.Keys;
using Nura.Api.Sessions;

namespace Nura.Api.People;

/// <summary>Signs people in with the team's identity provider.</summary>
internal sealed partial class SingleSignOn(IdentityProvider provider, PersonStore people, KeyRing keys, Session session, AuditTrail audit, IOptions<SignInOptions> options, ILogger<SingleSignOn> log)
{
    /// <summary>Where a sign-in begins.</summary>
    public const string Path = "/signin";

    private readonly SignInOptions _options = options.Value;

    /// <summary>Sends a browser to the provider.</summary>
    public Task<RedirectHttpResult> BeginAsync(HttpContext http, string? to, bool again, CancellationToken cancellationToken)
    {
        var attempt = SignInAttempt.Begin(to);
        return LeadAsync(attempt, async () =>
        {
            var address = await provider.AddressAsync(attempt, Callback(http), again, cancellationToken);
            attempt.Keep(http, _options);
            return address;
        });
    }

    /// <summary>Takes a browser that comes back from the provider.</summary>
    public Task<RedirectHttpResult> EndAsync(HttpContext http, string? state, string? code, string? error, string? iss, CancellationToken cancellationToken)
    {
        var taken = SignInAttempt.Take(http, state, _options);
        return LeadAsync(taken, () => TakeAsync(http, taken, code, error, iss, cancellationToken));
    }

    private async Task<string> TakeAsync(HttpContext http, SignInAttempt? taken, string? code, string? error, string? iss, CancellationToken cancellationToken)
    {
        var attempt = taken ?? throw new SignInException(SignInProblem.Expired, "No sign-in of this state was begun by this browser within ten minutes.");
        if (code is not { Length: > 0 })
        {
            throw new SignInException(SignInProblem.Refused, $"The provider sent no code, but the error '{Known(error)}'.");
        }

        var person = await provider.RedeemAsync(code, iss, attempt, Callback(http), cancellationToken);
        if (_options.Members.Count > 0 && !person.IsAmong(_options.Members))
        {
            // Who was one of them until now has sessions, keys and perhaps more rights than others.
            var left = await people.LeaveAsync(person, cancellationToken);
            keys.Forget();
            if (left is not null)
            {
                await audit.WriteAsync(left, "membership.lost", subject: null);
            }

            throw new SignInException(SignInProblem.Member, $"Subject '{person.Subject}' is none of {SignInOptions.Section}:{nameof(SignInOptions.Members)}.");
        }

        var team = _options.Teams.FirstOrDefault(team => person.IsAmong(team.Value)).Key;
        var hash = await people.SignInAsync(person, person.IsAmong(_options.Administrators), team, _options.Teams.Count > 0, _options.SeesEverything, cancellationToken)
            ?? throw new SignInException(SignInProblem.Revoked, $"Subject '{person.Subject}' was shut out by an administrator.");
        keys.Forget();
        await session.StartAsync(http, hash, _options.Length, cancellationToken);
        return attempt.Path;
    }

    private async Task<RedirectHttpResult> LeadAsync(SignInAttempt? attempt, Func<Task<string>> to)
    {
        try
        {
            return TypedResults.Redirect(await to());
        }
        catch (SignInException problem)
        {
            LogProblem(problem, problem.Reason, problem.Message);
            // The web client has the words: a link must not be able to put others there.
            return Back(attempt, problem.Reason);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What a provider or the database does besides: there is a page to show it on, and this is none of its requests.
            LogProblem(exception, SignInProblem.Provider, exception.Message);
            return Back(attempt, SignInProblem.Provider);
        }
    }

    // To where it was begun from: the next attempt leads there too.
    private static RedirectHttpResult Back(SignInAttempt? attempt, SignInProblem reason) => TypedResults.Redirect($"{attempt?.Path ?? "/"}#signin={reason.ToString().ToLowerInvariant()}");

    // The provider compares it with those it knows, so a forged Host header leads nowhere.
    private string Callback(HttpContext http) => $"{_options.AddressFor(http.Request)}{Path}/callback";

    // Anybody can write what stands in the address.
    private static string Known(string? error) => error is { Length: > 0 and <= 40 } && error.All(c => char.IsAsciiLetter(c) || c == '_') ? error : "none";

    [LoggerMessage(1060, LogLevel.Warning, "A sign-in with the identity provider failed ({Reason}): {Problem}")]
    private partial void LogProblem(Exception exception, SignInProblem reason, string problem);
}
