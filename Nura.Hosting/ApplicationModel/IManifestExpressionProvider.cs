namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that a manifest names by an expression in braces.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The expression, such as <c>{nura.connectionString}</c>.</summary>
    string ValueExpression { get; }
}
