using Nura.Agents.Answering;
using Nura.Contracts;

namespace Nura.Tests.Agents;

public sealed class RetrievalQueryTests
{
    [Theory]
    [InlineData("And where is it tested?")]
    [InlineData("why?")]
    [InlineData("¿Y dónde se usa eso en la interfaz de usuario?")]
    public void Of_QuestionThatLeansOnTheOneBefore_TakesItAlong(string followUp)
    {
        var query = RetrievalQuery.Of([User("How does the cart compute discounts for members?"), new("assistant", "By rule."), User(followUp)]);

        Assert.Equal($"{followUp}\nHow does the cart compute discounts for members?", query);
    }

    [Theory]
    [InlineData("Which service sends mails to customers after an order was paid?")]
    [InlineData("Explain OrderService.Pay")]
    [InlineData("show retry_policy")]
    public void Of_QuestionThatStandsForItself_IsTakenAlone(string question) =>
        Assert.Equal(question, RetrievalQuery.Of([User("How does the cart compute discounts for members?"), new("assistant", "By rule."), User(question)]));

    [Fact]
    public void Of_ChainOfFollowUps_GoesBackToTheTopic() =>
        Assert.Equal("why?\nand that?\nHow does the cart compute discounts for members?", RetrievalQuery.Of(
            [User("Something else that has nothing to do with anything here"), User("How does the cart compute discounts for members?"), User("and that?"), User("why?")]));

    [Fact]
    public void Of_QuestionTooLong_IsCutBetweenCharacters() =>
        Assert.Equal(new string('x', 3_999), RetrievalQuery.Of([User($"{new string('x', 3_999)}😀")]));

    private static RunMessage User(string text) => new("user", text);
}
