using Nura.Models;

namespace Nura.Tests.Models;

public sealed class ComplexityTests
{
    [Theory]
    [InlineData("Where is the port configured?")]
    [InlineData("hello")]
    [InlineData("List the endpoints of the API")]
    [InlineData("¿Dónde se define el puerto?")]
    [InlineData("What version of Npgsql is used?")]
    [InlineData("")]
    public void Of_LookingUp_IsLow(string question) => Assert.InRange(Complexity.Of(question), 0, 0.3);

    [Theory]
    [InlineData("Design a migration strategy from the monolith to services: compare two alternatives, evaluate consistency and rollback of each, and justify the choice.")]
    [InlineData("Why does the queue deadlock under concurrent writers? Diagnose the race, propose a fix without a global lock, and prove that every job runs exactly once.")]
    [InlineData("Diseña la arquitectura para migrar la base de datos sin parar el servicio: compara alternativas, evalúa el rendimiento y la consistencia, y justifica la estrategia.")]
    public void Of_WeighingDesigns_IsAboveTheLineOfTheStrongestModel(string question) => Assert.InRange(Complexity.Of(question), 0.7, 1);

    [Theory]
    [InlineData("Explain how the chunker splits a C# file.")]
    [InlineData("Implement a retry with exponential backoff in the client and write tests for it.")]
    public void Of_OrdinaryWork_IsBetween(string question) => Assert.InRange(Complexity.Of(question), 0.1, 0.7);

    [Fact]
    public void Of_MoreAsks_IsHigher() =>
        Assert.True(Complexity.Of("Explain it.\n- fix the race\n- write tests\n- review the design") > Complexity.Of("Explain it."));

    [Fact]
    public void Of_HugePaste_StaysWithinRange() => Assert.InRange(Complexity.Of(string.Concat(Enumerable.Repeat("error at line 1\n", 100_000))), 0, 1);
}
