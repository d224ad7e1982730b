using Amazon.Runtime;
using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class AwsKeysTests
{
    [Fact]
    public async Task Chain_HasNoneAtFirst_IsAskedAgainNowAndThenUntilItHas()
    {
        var looked = 0;
        var time = new ManualTime();
        var keys = new AwsKeys(null, null, null, "There are none.", time, () => ++looked < 3 ? throw new AmazonClientException("none") : new BasicAWSCredentials("id", "secret"));
        for (var i = 0; i < 4; i++)
        {
            time.Advance(AwsKeys.Pause / 2);
            var missing = await Assert.ThrowsAsync<ModelException>(() => keys.GetAsync().AsTask());
            Assert.Equal(("no_credentials", "There are none."), (missing.Code, missing.Message));
        }

        Assert.Equal(2, looked);
        time.Advance(AwsKeys.Pause / 2);
        Assert.Equal(new SigV4Credentials("id", "secret", null), await keys.GetAsync());
        Assert.Equal(new SigV4Credentials("id", "secret", null), await keys.GetAsync());
        Assert.Equal(3, looked);
    }
}
