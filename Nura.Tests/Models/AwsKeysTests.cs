using Amazon.Runtime;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class AwsKeysTests
{
    [Fact]
    public async Task Chain_HasNoneAtFirst_IsAskedAgainUntilItHas()
    {
        var looked = 0;
        var keys = new AwsKeys(null, null, null, "There are none.", () => ++looked < 3 ? throw new AmazonClientException("none") : new BasicAWSCredentials("id", "secret"));
        for (var i = 0; i < 2; i++)
        {
            var missing = await Assert.ThrowsAsync<ModelException>(() => keys.GetAsync().AsTask());
            Assert.Equal(("no_credentials", "There are none."), (missing.Code, missing.Message));
        }

        Assert.Equal(new SigV4Credentials("id", "secret", null), await keys.GetAsync());
        Assert.Equal(new SigV4Credentials("id", "secret", null), await keys.GetAsync());
        Assert.Equal(3, looked);
    }
}
