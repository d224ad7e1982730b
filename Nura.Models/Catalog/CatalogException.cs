namespace Nura.Models;

/// <summary>The model catalog cannot be used; the message says where and why.</summary>
public sealed class CatalogException : Exception
{
    /// <summary>A catalog that cannot be used.</summary>
    /// <param name="message">What is wrong and where.</param>
    /// <param name="inner">What the reader said.</param>
    public CatalogException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
