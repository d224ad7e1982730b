using System.Reflection;
using Nura.Contracts;

namespace Nura.Tests.Contracts;

public sealed class ContractsJsonTests
{
    /// <summary>What clients send and receive. Whatever the list of contracts lacks would fail only when it is first used.</summary>
    public static TheoryData<Type> Exchanged { get; } = [.. Methods().SelectMany(TypesOf).Distinct().OrderBy(type => type.ToString(), StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Exchanged))]
    public void Options_TypeOfAClient_KnowHowItIsWritten(Type type) => Assert.Equal(type, ContractsJson.Options.GetTypeInfo(type).Type);

    [Fact]
    public void Options_AnotherType_AreRefused() => Assert.Throws<NotSupportedException>(() => ContractsJson.Options.GetTypeInfo(typeof(ContractsJsonTests)));

    private static IEnumerable<MethodInfo> Methods() =>
        ((Type[])[typeof(RagClient), typeof(AgentsClient)]).SelectMany(client => client.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly));

    private static IEnumerable<Type> TypesOf(MethodInfo method)
    {
        var answers = method.ReturnType is { IsGenericType: true } answer && answer.GetGenericTypeDefinition() is var kind && (kind == typeof(Task<>) || kind == typeof(IAsyncEnumerable<>)) ? answer.GetGenericArguments()[0] : null;
        // A log's entries come as events, which name and number stand beside; citations and callers travel in addresses and headers.
        return method.GetParameters().Select(parameter => parameter.ParameterType).Append(answers == typeof(RunEntry) ? typeof(RunEvent) : answers).OfType<Type>()
            .Where(type => type.ToString().Contains("Nura.Contracts", StringComparison.Ordinal) && type != typeof(Citation) && type != typeof(CallerScope) && type != typeof(Account));
    }
}
