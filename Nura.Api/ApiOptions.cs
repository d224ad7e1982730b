using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Nura.Api;

/// <summary>Settings of the public edge.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The generated validator reads ranges and lengths without reflection.")]
public sealed class ApiOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Nura:Api";

    /// <summary>The administrator's first key; it may do everything and is never stored. At least 16 characters; none if absent.</summary>
    [MinLength(16)]
    public string? Key { get; set; }

    /// <summary>Secret from which those are derived with which AWS clients sign on behalf of a key. At least 32 characters; without one, signed requests are refused.</summary>
    [MinLength(32)]
    public string? SigningSecret { get; set; }

    /// <summary>Longest body of a request, in bytes; longer ones are answered with 413.</summary>
    [Range(1_024, 1_073_741_824)]
    public long MaxBodyBytes { get; set; } = 16 * 1_024 * 1_024;

    /// <summary>Requests a minute that a key may send to each process of the API, a minute's worth of them at once; those that only read (GET) are not counted. More are answered with 429. 0 for as many as it likes.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerMinute { get; set; }

    /// <summary>How long a key's standing is remembered: a revoked key works no longer than this.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan KeyMemory { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Days for which the audit trail keeps an entry.</summary>
    [Range(1, 36_500)]
    public int AuditDays { get; set; } = 365;

    /// <summary>Days after the last question after which a conversation is deleted with its answers. 0 to keep it until its owner deletes it.</summary>
    [Range(0, 36_500)]
    public int ConversationDays { get; set; }

    /// <summary>Silence on a stream after which a comment is sent, so that proxies keep it open.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>Checks <see cref="ApiOptions"/> by their attributes; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class ApiOptionsValidator : IValidateOptions<ApiOptions>;
