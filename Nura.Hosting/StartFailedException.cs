using Aspire.Hosting;

namespace Nura.Hosting;

/// <summary>Nothing can run until the user mends something; the message says what. The AppHost prints it and exits with code 1.</summary>
internal sealed class StartFailedException : DistributedApplicationException
{
    public StartFailedException(string message)
        : base(message)
    {
    }
}
